package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.family.NameTable;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.TensorPart;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Vision Transformer in a file or folder: its weights, their names and its configuration.
 *
 * @param file open until this is closed
 * @param found the family of the network, its names in the file, and their prefix
 * @param stated the configuration of the weights, at the size that they were trained for
 * @param config the configuration of the network, which may be of another image size
 * @param origin where the configuration was found
 * @param processing how the files of its preprocessing are read
 * @since 0.1.0
 */
public record NetworkFile(
    WeightFile file,
    Families.Found found,
    ViTConfig stated,
    ViTConfig config,
    ConfigOrigin origin,
    ProcessorOptions processing)
    implements AutoCloseable {

  /** Where the configuration of a network was found, in order of precedence. */
  public enum ConfigSource {
    /** In the metadata that this library writes. */
    METADATA("the file's metadata"),
    /** In a configuration file beside the weights. */
    CONFIG_JSON("a configuration file beside the weights"),
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

  /** Parameters of what follows the blocks. */
  private static final List<String> OUTPUT =
      List.of(NORM, "fc_norm.", "attn_pool.", "pooler.", "projection.");

  private static final List<String> PROJECTION = List.of("projection.weight", "projection.bias");

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
      ConfigFile said = stated(path, file, below);
      Families.Found found = find(file, below, said);
      NamedShapes shapes = NamedShapes.of(file.below(found.prefix()), found.table());
      requireOwnBytes(file, shapes);
      WeightFacts facts = WeightFacts.of(shapes);
      if (said == null) {
        ViTConfig config = ShapeInference.of(found.family(), shapes, facts);
        BlockFit.check(shapes, config);
        return new NetworkFile(
            file, found, config, config, ConfigOrigin.shapes(), ProcessorOptions.defaults());
      }
      ViTConfig config = fitting(file, said, found, shapes, facts);
      return new NetworkFile(
          file, found, config, config, ConfigOrigin.of(said), ProcessorOptions.defaults());
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

  private static ViTConfig fitting(
      WeightFile file,
      ConfigFile said,
      Families.Found found,
      NamedShapes shapes,
      WeightFacts facts) {
    try {
      return said.fitting(shapes, facts);
    } catch (FormatException e) {
      if (Families.isOpenClip(found.table()) && ConfigFile.lacksOpenClip(file)) {
        throw new FormatException(ConfigFile.openClipIsMissing(file) + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /** The configuration decides the family, and the names the table of that family. */
  private static Families.Found find(WeightFile file, String below, @Nullable ConfigFile said) {
    Set<String> names = file.below(below).names();
    try {
      Optional<Families.Found> own =
          said == null ? Optional.empty() : Families.find(said.family(), names);
      Families.Found found = own.orElseGet(() -> Families.require(names));
      return (said == null ? found : found.of(said.family())).below(below);
    } catch (FormatException e) {
      throw new FormatException(file.description() + ": " + e.getMessage(), e);
    }
  }

  /** The configuration that the metadata or a file beside the weights states; null if none does. */
  private static @Nullable ConfigFile stated(Path path, WeightFile file, String below) {
    String note = file.metadata().get(ConfigMetadata.KEY);
    if (note == null) {
      return configFile(file, below);
    }
    String name = path + ", metadata '" + ConfigMetadata.KEY + "'";
    JsonNode json = JsonFiles.object(name, note, JsonKind.CONFIGURATION);
    return ConfigFile.of(name, json, ConfigSource.METADATA).orElse(null);
  }

  /**
   * The first configuration file of a family with such names, else the first of a known family;
   * null if there is none.
   */
  static @Nullable ConfigFile configFile(WeightFile weights, String below) {
    Set<String> names = weights.below(below).names();
    ConfigFile first = null;
    for (Path path : ConfigFile.beside(weights)) {
      JsonNode json = JsonFiles.object(path, JsonKind.CONFIGURATION);
      ConfigFile each = ConfigFile.of(path.toString(), json, ConfigSource.CONFIG_JSON).orElse(null);
      if (each != null && Families.find(each.family(), names).isPresent()) {
        return each;
      }
      first = first == null ? each : first;
    }
    return first;
  }

  /** Maps parameters to the names in the file. */
  public NameTable names() {
    return found.table();
  }

  /** The kind of place where the configuration was found. */
  public ConfigSource configSource() {
    return origin.source();
  }

  /** What was passed over in the folder and in the configuration, a line each. */
  public List<String> notes() {
    return Stream.concat(file.notes().stream(), origin.notes().stream()).toList();
  }

  /** The prefix of the network's names. */
  public String prefix() {
    return found.prefix();
  }

  /** The weights, by their names without prefix. */
  public WeightSource weights() {
    return file.below(prefix());
  }

  /** The shape of a parameter; empty if the file lacks it. */
  public Optional<Shape> shape(String parameter) {
    return shapes(found).find(parameter);
  }

  /** The layer that projects images into a space shared with texts; empty if there is none. */
  public Optional<TextConfig.Projection> projection() {
    boolean bias = shape("projection.bias").isPresent();
    return shape("projection.weight").map(it -> new TextConfig.Projection(it.dim(0), bias));
  }

  /**
   * The preprocessing of the published networks of its family. Where no configuration tells the
   * family, it is that of all families with such names; empty if they differ.
   */
  Optional<PublishedPreprocessing> published() {
    List<Families.Found> families =
        configSource() == ConfigSource.SHAPES ? Families.alike(found) : List.of(found);
    List<Optional<PublishedPreprocessing>> all =
        families.stream()
            .filter(each -> shapes(each).find("patch_embed.proj.weight").isPresent())
            .map(each -> each.family().published(shapes(each)::has))
            .distinct()
            .toList();
    return all.size() == 1 ? all.getFirst() : Optional.empty();
  }

  private NamedShapes shapes(Families.Found found) {
    return NamedShapes.of(weights(), found.table());
  }

  /** With another configuration, to override an inferred one. */
  public NetworkFile withConfig(ViTConfig better) {
    return new NetworkFile(file, found, stated, better, origin, processing);
  }

  /** With other options of its preprocessing. */
  public NetworkFile withProcessing(ProcessorOptions options) {
    return new NetworkFile(file, found, stated, config, origin, options);
  }

  /** For images of another size. */
  public NetworkFile withImageSize(ImageSize size) {
    return withConfig(config.withImageSize(size));
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
    return load("", parameters, List.of(), optional);
  }

  /**
   * Loads the weights into the parameters of a network of this configuration.
   *
   * @param unused patterns of further tensors of the file that the network does not use
   * @param optional patterns of parameters that may be missing
   * @throws FormatException if the weights do not fit
   */
  public LoadReport load(Parameters parameters, List<String> unused, String... optional) {
    return load("", parameters, unused, optional);
  }

  /**
   * Loads the weights into the parameters of a network with another output, such as one that is
   * fine-tuned: final norm, pooling, pooler and projection of the file may be unused.
   *
   * @param optional patterns of parameters that may be missing
   * @throws FormatException if the weights do not fit
   */
  public LoadReport loadTrunk(Parameters parameters, String... optional) {
    return load("", parameters, outputTensors(parameters.scope()), optional);
  }

  /** Names of the tensors of this network's own output. */
  private List<String> outputTensors(Scope scope) {
    Set<String> all = weights().names();
    try (Scope inner = scope.child("names")) {
      Parameters own = Parameters.lazy(inner, DType.F32);
      ViT.create(own.root(), stated);
      return Stream.concat(own.all().stream().map(Parameter::name), PROJECTION.stream())
          .filter(name -> OUTPUT.stream().anyMatch(name::startsWith))
          .flatMap(name -> names().sources(name, all).stream())
          .map(TensorPart::name)
          .toList();
    }
  }

  /**
   * Like {@link #load}, into the parameters of a network that is a part of another.
   *
   * @param below prefix of the network's parameters; others are left alone
   */
  LoadReport loadBelow(String below, Parameters parameters, String... optional) {
    return load(below, parameters, List.of(), optional);
  }

  private LoadReport load(
      String below, Parameters parameters, List<String> unused, String... optional) {
    LoadOptions options =
        LoadOptions.strict()
            .withNames(names())
            .withPrefix(below)
            .withPrefixTokens(config.tokens().positionedPrefix())
            .withGrids(tableGrid(), config.grid(), config.tokens().resampling())
            .ignoring(LEFTOVERS)
            .ignoring(unused.toArray(String[]::new))
            .optional(optional);
    LoadReport report = Weights.load(weights(), parameters, options);
    report.missing().stream()
        .filter(name -> name.startsWith(below + NORM))
        .forEach(name -> identity(parameters.get(name)));
    NonFinite.refuse(
        this,
        Stream.concat(report.matched().stream(), report.reshaped().stream()).map(parameters::get));
    return report;
  }

  /** The grid of the table in the file; null if there is none, or it is not known. */
  private @Nullable Grid tableGrid() {
    int rows = shape("pos_embed").map(shape -> shape.rank() < 2 ? 0 : shape.dim(-2)).orElse(0);
    int patches = rows - config.tokens().positionedPrefix();
    return patches < 1 ? null : found.family().tableGrid(stated.grid(), patches, config.grid());
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
