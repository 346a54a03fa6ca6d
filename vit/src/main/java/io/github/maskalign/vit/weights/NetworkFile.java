package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.weights.config.ConfigFormat;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.ViTNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Vision Transformer in a file or folder: its weights, their names and its configuration.
 *
 * @param file open until this is closed
 * @param names maps parameters to the names in the file
 * @param prefix of the network's names
 * @param config the configuration of the network
 * @param configSource where the configuration was found
 * @since 0.1.0
 */
public record NetworkFile(
    WeightFile file, ViTNames names, String prefix, ViTConfig config, ConfigSource configSource)
    implements AutoCloseable {

  /** Where the configuration of a network was found, in order of precedence. */
  public enum ConfigSource {
    /** In the metadata that this library writes. */
    METADATA("the file's metadata"),
    /** In a configuration file beside the weights. */
    CONFIG_JSON("config.json beside the weights"),
    /**
     * Inferred from the shapes of the weights; heads, activation and epsilon are the usual ones.
     */
    SHAPES("the shapes of the weights; heads, activation and epsilon are assumed");

    private final String description;

    ConfigSource(String description) {
      this.description = description;
    }

    /** A description for messages. */
    public String description() {
      return description;
    }
  }

  /** Configuration files beside the weights, in order of precedence. */
  private static final List<String> CONFIGS = List.of("config.json", "open_clip_config.json");

  /** Tensors of published files that do not belong to the network. */
  private static final String[] LEFTOVERS = {
    "norm.*",
    "head.*",
    "fc_norm.*",
    "decoder_*",
    "distill_*",
    "mask_token",
    "clip_model.*",
    "dino_model.*"
  };

  private static final String NORM = "norm.";

  /** Elements per byte of a file. Types of 4 bits have 2, and a few tensors may be tied. */
  private static final int MAX_SHARING = 16;

  /**
   * Opens a file or folder.
   *
   * @throws FormatException if it is damaged, or does not contain a known Vision Transformer
   */
  public static NetworkFile open(Path path) {
    return open(path, "");
  }

  /**
   * Opens a file or folder with several networks, such as a checkpoint that includes a teacher.
   *
   * @param below prefix of the names to consider
   * @throws FormatException if it is damaged, or does not contain a known Vision Transformer below
   *     the prefix
   */
  public static NetworkFile open(Path path, String below) {
    WeightFile file = WeightFiles.open(path);
    try {
      ViTNames.Found found = find(file, below);
      NamedShapes shapes = NamedShapes.of(file.below(found.prefix()), found.names());
      requireOwnBytes(file, shapes);
      WeightFacts facts = WeightFacts.of(shapes);
      ConfigFile said = stated(path, file);
      if (said == null) {
        ViTConfig config = ShapeInference.of(found.names(), shapes, facts);
        BlockFit.check(shapes, config);
        return new NetworkFile(file, found.names(), found.prefix(), config, ConfigSource.SHAPES);
      }
      return new NetworkFile(
          file, found.names(), found.prefix(), said.fitting(shapes, facts), said.source());
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /**
   * In a .pth file, tensors may share bytes, so that a small file could stand for a large network.
   */
  private static void requireOwnBytes(WeightFile file, NamedShapes shapes) {
    long bytes = 0;
    for (Path each : file.files()) {
      bytes += each.toFile().length();
    }
    long elements = 0;
    for (String name : shapes.names()) {
      elements += shapes.source().shape(name).size();
      if (elements / MAX_SHARING > bytes) {
        throw new FormatException(
            "%s: more than %,d elements share the %,d bytes of the file; save tensors of their own"
                .formatted(file.description(), elements, bytes));
      }
    }
  }

  private static ViTNames.Found find(WeightFile file, String below) {
    try {
      return ViTNames.require(file.below(below).names()).below(below);
    } catch (FormatException e) {
      throw new FormatException(file.description() + ": " + e.getMessage(), e);
    }
  }

  /** The configuration that the metadata or a file beside the weights states; null if none does. */
  private static @Nullable ConfigFile stated(Path path, WeightFile file) {
    String note = file.metadata().get(ConfigMetadata.KEY);
    if (note == null) {
      return configFile(file);
    }
    String name = path + ", metadata '" + ConfigMetadata.KEY + "'";
    JsonNode json = JsonFiles.object(name, note, JsonKind.CONFIGURATION);
    return new ConfigFile(name, json, ConfigSource.METADATA);
  }

  /** The first configuration file of a known kind; null if there is none. */
  static @Nullable ConfigFile configFile(WeightFile weights) {
    for (String name : CONFIGS) {
      Path path = weights.files().getFirst().resolveSibling(name);
      JsonNode json = Files.exists(path) ? JsonFiles.object(path, JsonKind.CONFIGURATION) : null;
      if (json != null && ConfigFormat.of(json).isPresent()) {
        return new ConfigFile(path.toString(), json, ConfigSource.CONFIG_JSON);
      }
    }
    return null;
  }

  /** The weights, by their names without prefix. */
  public WeightSource weights() {
    return file.below(prefix);
  }

  /** The shape of a parameter; empty if the file lacks it. */
  public Optional<Shape> shape(String parameter) {
    return NamedShapes.of(weights(), names).find(parameter);
  }

  /** With another configuration, to override an inferred one. */
  public NetworkFile withConfig(ViTConfig better) {
    return new NetworkFile(file, names, prefix, better, configSource);
  }

  /**
   * Loads the weights into the parameters of a network of this configuration. Other tensors of
   * published files, such as heads and decoders, are reported as unexpected.
   *
   * @param optional patterns of parameters that may be missing and then keep their values, except
   *     for a final norm: if the file lacks it, as after mean pooling, it becomes a normalization
   *     without scale and shift
   * @throws FormatException if the weights do not fit
   */
  public LoadReport load(Parameters parameters, String... optional) {
    return loadBelow("", parameters, optional);
  }

  /**
   * Like {@link #load}, into the parameters of a network that is a part of another.
   *
   * @param below prefix of the network's parameters; others are left alone
   */
  LoadReport loadBelow(String below, Parameters parameters, String... optional) {
    LoadOptions options =
        LoadOptions.strict()
            .withNames(names)
            .withPrefix(below)
            .withPrefixTokens(config.tokens().positionedPrefix())
            .withGrid(config.grid(), config.tokens().resampling())
            .ignoring(LEFTOVERS)
            .optional(optional);
    LoadReport report = Weights.load(weights(), parameters, options);
    report.missing().stream()
        .filter(name -> name.startsWith(below + NORM))
        .forEach(name -> identity(parameters.get(name)));
    return report;
  }

  private static void identity(Parameter parameter) {
    Tensor target = parameter.value();
    double value = parameter.name().endsWith("weight") ? 1 : 0;
    try (Scope scope = target.owner().child("identity")) {
      scope.backend().copy(scope.ops().full(target.dtype(), target.shape(), value), target);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
