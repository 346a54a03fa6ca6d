package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.TimmConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.HfConfig;
import io.github.maskalign.vit.weights.config.OpenClipConfig;
import io.github.maskalign.vit.weights.config.ShapeInference;
import io.github.maskalign.vit.weights.file.JsonFiles;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.NameMaps;
import io.github.maskalign.vit.weights.names.NamedShapes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Vision Transformer in a file or folder: its weights, the names they have, and its shape.
 *
 * @param file open until this is closed
 * @param names the map of the names
 * @param prefix of the network's names
 * @param config the shape of the network
 * @param told where the shape was found
 * @since 0.1.0
 */
public record NetworkFile(
    WeightFile file, NameMaps names, String prefix, ViTConfig config, Told told)
    implements AutoCloseable {

  /** Where the shape of a network was found, the best first. */
  public enum Told {
    /** In the notes that this library leaves in its files. */
    NOTES("the file's notes"),
    /** In a file beside the weights. */
    CONFIG_JSON("config.json beside the weights"),
    /** By the shapes of the weights alone; heads, activation and eps are those usual. */
    SHAPES("the shapes of the weights; heads, activation and eps are assumed");

    private final String description;

    Told(String description) {
      this.description = description;
    }

    /** For people. */
    public String description() {
      return description;
    }
  }

  /** Files beside the weights that may tell the shape, the best first. */
  private static final List<String> CONFIGS = List.of("config.json", "open_clip_config.json");

  /** What files of known networks hold besides the network. */
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

  /**
   * Opens a file or folder.
   *
   * @throws FormatException if it is damaged, or holds no known Vision Transformer
   */
  public static NetworkFile open(Path path) {
    return open(path, "");
  }

  /**
   * Opens a file or folder of several networks, such as a checkpoint with its teacher in it.
   *
   * @param below looks for a network only among names that start so
   * @throws FormatException if it is damaged, or holds no known Vision Transformer there
   */
  public static NetworkFile open(Path path, String below) {
    WeightFile file = WeightFiles.open(path);
    try {
      NameMaps.Found found = NameMaps.require(file.below(below).names()).below(below);
      ViTConfig config;
      Told told;
      if (file.metadata().containsKey(TimmConfig.NOTE)) {
        config = note(path, file.metadata().get(TimmConfig.NOTE));
        told = Told.NOTES;
      } else {
        Beside beside = beside(file);
        told = beside == null ? Told.SHAPES : Told.CONFIG_JSON;
        config =
            beside == null
                ? ShapeInference.of(file.below(found.prefix()), found.names())
                : parse(beside.path, beside.json);
      }
      return new NetworkFile(file, found.names(), found.prefix(), config, told);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** A configuration beside weights. */
  record Beside(Path path, JsonNode json) {}

  /** The best configuration beside weights; null if there is none of a known kind. */
  static @Nullable Beside beside(WeightFile weights) {
    for (String name : CONFIGS) {
      Path path = weights.files().getFirst().resolveSibling(name);
      JsonNode json = Files.exists(path) ? JsonFiles.read(path) : null;
      if (json != null && isKnown(json)) {
        return new Beside(path, json);
      }
    }
    return null;
  }

  private static boolean isKnown(JsonNode json) {
    return HfConfig.matches(json) || TimmConfig.matches(json) || OpenClipConfig.matches(json);
  }

  private static ViTConfig note(Path path, String text) {
    return parse(path, JsonFiles.parse(path + ", note '" + TimmConfig.NOTE + "'", text));
  }

  /**
   * The network that a configuration of Hugging Face, timm or OpenCLIP describes.
   *
   * @param path for messages
   */
  static ViTConfig parse(Path path, JsonNode json) {
    try {
      if (TimmConfig.matches(json)) {
        return TimmConfig.parse(json);
      }
      return OpenClipConfig.matches(json) ? OpenClipConfig.parse(json) : HfConfig.parse(json);
    } catch (TensorException e) {
      throw new FormatException(path + ": " + e.getMessage(), e);
    }
  }

  /** The weights by their names without prefix. */
  public WeightSource weights() {
    return file.below(prefix);
  }

  /** The shape of a parameter of our name for it; empty if the file does not have it. */
  public Optional<Shape> shape(String parameter) {
    return NamedShapes.of(weights(), names).find(parameter);
  }

  /** With a shape that is known better. */
  public NetworkFile withConfig(ViTConfig better) {
    return new NetworkFile(file, names, prefix, better, told);
  }

  /**
   * Loads the weights of the network into the parameters of one of this shape. What published files
   * hold besides it, such as heads and decoders, may be left over and is reported.
   *
   * @param optional patterns of parameters that may be missing and then keep their values, but for
   *     a final norm: one that a file lacks, as after pooling by mean, normalizes and no more
   * @throws FormatException if the weights do not fit
   */
  public LoadReport load(Parameters parameters, String... optional) {
    LoadOptions options =
        LoadOptions.strict()
            .withNames(names)
            .withPrefixTokens(config.tokens().positionedPrefix())
            .ignoring(LEFTOVERS)
            .optional(optional);
    LoadReport report = Weights.load(weights(), parameters, options);
    report.missing().stream()
        .filter(name -> name.startsWith(NORM))
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
