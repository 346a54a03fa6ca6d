package io.github.maskalign.vit.weights.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.LoadReport;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.NonFinite;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A network file with the head of a classifier: of {@code finetune}, {@code probe}, timm or
 * transformers.
 *
 * @since 0.1.0
 */
public final class ClassifierFile {

  /** Names of the parameters of the heads. */
  private static final List<String> LAYERS =
      List.of(ImageClassifier.HEAD, ViTClassifier.DISTILLED_HEAD);

  /** Tensors of a file that only a head uses. */
  private static final List<String> PARTS =
      Stream.concat(LAYERS.stream(), Stream.of("fc_norm.", "norm.")).toList();

  private final NetworkFile file;
  private final Head head;
  private final ClassNames classes;
  private final Probability probability;

  private ClassifierFile(NetworkFile file, Head head, ClassNames classes, Probability probability) {
    this.file = file;
    this.head = head;
    this.classes = classes;
    this.probability = probability;
  }

  /**
   * Finds the head of a file, which must stay open.
   *
   * @throws FormatException if it has none, or one that is not supported
   */
  public static ClassifierFile of(NetworkFile file) {
    return find(file)
        .orElseThrow(
            () ->
                new FormatException(
                    file.file().files().getFirst()
                        + " has no classification head; train one with finetune or probe, or"
                        + " evaluate the network with knn"));
  }

  /**
   * Finds the head of a file, which must stay open; empty if it has none.
   *
   * @throws FormatException if the head is not supported
   */
  public static Optional<ClassifierFile> find(NetworkFile file) {
    Optional<ClassifierCard> card = ClassifierCard.find(file);
    if (card.isPresent()) {
      return Optional.of(
          new ClassifierFile(
              file,
              head(file, card.get().head()),
              new ClassNames(card.get().classes(), false),
              Probability.SOFTMAX));
    }
    JsonNode config = config(file);
    try {
      Optional<Head> published = HfHead.find(file, config);
      if (published.isPresent()) {
        int count = classes(file.file(), published.get());
        return Optional.of(
            new ClassifierFile(
                file,
                published.get(),
                HfHead.names(config, count),
                HfHead.probability(config, count)));
      }
      boolean probe = isMatrix(file.weights(), LinearProbe.LINEAR + "weight");
      if (!probe && !isMatrix(file.weights(), ImageClassifier.HEAD + "weight")) {
        return Optional.empty();
      }
      Head head = probe ? probe(file) : TimmHead.of(file);
      int count = classes(file.file(), head);
      return Optional.of(
          new ClassifierFile(
              file, head, TimmHead.names(config, count), HfHead.probability(config, count)));
    } catch (FormatException e) {
      throw new FormatException(configPath(file) + ": " + e.getMessage(), e);
    }
  }

  private static boolean isMatrix(WeightSource weights, String name) {
    return weights.names().contains(name) && weights.shape(name).rank() == 2;
  }

  /** That of a linear probe without metadata. */
  private static Head probe(NetworkFile file) {
    boolean mean = file.weights().names().contains("fc_norm.weight");
    return head(file, mean ? ClassifierCard.Head.PROBE_MEAN : ClassifierCard.Head.PROBE_CLS);
  }

  private static Head head(NetworkFile file, ClassifierCard.Head kind) {
    return switch (kind) {
      case CLS -> own(file, Head.Kind.LINEAR, OutputConfig.of(Pooling.CLASS_TOKEN));
      case MEAN -> own(file, Head.Kind.LINEAR, OutputConfig.of(Pooling.MEAN_PATCHES));
      case LINEAR -> own(file, Head.Kind.LINEAR, file.config().output());
      case PROBE_CLS -> own(file, Head.Kind.PROBE, OutputConfig.of(Pooling.CLASS_TOKEN));
      case PROBE_MEAN -> own(file, Head.Kind.PROBE, OutputConfig.of(Pooling.MEAN_PATCHES));
    };
  }

  private static Head own(NetworkFile file, Head.Kind kind, OutputConfig output) {
    int layers = output.pooling() == Pooling.CLASS_AND_DISTILLATION ? 2 : 1;
    List<String> prefixes =
        LAYERS.subList(0, layers).stream().map(layer -> file.prefix() + layer).toList();
    return new Head(kind, output, prefixes, List.of());
  }

  /** Number of rows of the head. */
  private static int classes(WeightSource weights, Head head) {
    Shape shape = weights.shape(head.matrix());
    if (shape.rank() != 2 || shape.size() == 0) {
      throw new FormatException(
          "%s: '%s' has shape %s, expected [classes, width]"
              .formatted(weights.description(), head.matrix(), shape));
    }
    return shape.dim(0);
  }

  private static Path configPath(NetworkFile file) {
    return file.file().files().getFirst().resolveSibling("config.json");
  }

  private static JsonNode config(NetworkFile file) {
    Path path = configPath(file);
    return Files.exists(path)
        ? JsonFiles.object(path, JsonKind.CONFIGURATION)
        : MissingNode.getInstance();
  }

  /** The file. */
  public NetworkFile file() {
    return file;
  }

  /** The classes. */
  public ClassNames classes() {
    return classes;
  }

  /** How logits become probabilities. */
  public Probability probability() {
    return probability;
  }

  /** The pooling of the tokens before the head. */
  public OutputConfig output() {
    return head.output();
  }

  /**
   * Loads rows of the head into the parameters of a classifier that may have other classes. The
   * batch norm of a linear probe is folded into its linear layer.
   *
   * @param parameters of a {@link ViTClassifier} with {@link #output} and {@code rows.length}
   *     classes
   * @param rows the number in this file of each class of the classifier
   */
  public void loadRows(Parameters parameters, int[] rows) {
    try (Scope scope = parameters.scope().child("head")) {
      for (int i = 0; i < head.prefixes().size(); i++) {
        String prefix = head.prefixes().get(i);
        double[] weight = values(scope, prefix + head.kind().layer() + "weight");
        double[] bias = values(scope, prefix + head.kind().layer() + "bias");
        if (head.kind() == Head.Kind.PROBE) {
          double[] mean = values(scope, prefix + "0.running_mean");
          LinearProbe.fold(mean, values(scope, prefix + "0.running_var"), weight, bias);
        }
        copyRows(scope, rows, weight, parameters.get(LAYERS.get(i) + "weight").value());
        copyRows(scope, rows, bias, parameters.get(LAYERS.get(i) + "bias").value());
      }
    }
  }

  private double[] values(Scope scope, String name) {
    double[] values = file.file().read(scope.eager(), name).toDoubles();
    if (!Arrays.stream(values).allMatch(Double::isFinite)) {
      NonFinite.refuse(file);
    }
    return values;
  }

  private void copyRows(Scope scope, int[] rows, double[] values, Tensor target) {
    int length = values.length / classes.size();
    float[] chosen = new float[rows.length * length];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = (float) values[rows[i / length] * length + i % length];
    }
    scope.backend().copy(scope.eager().of(chosen, target.shape().dims()), target);
  }

  /**
   * Creates the classifier's parameters and loads them.
   *
   * @param parameters if they are lazy, the file must stay open while the classifier is used
   * @throws FormatException if the weights do not fit, or the head does not use some of them
   */
  public ImageClassifier load(Parameters parameters) {
    return load(parameters, file.config().imageSize());
  }

  /**
   * Creates the classifier's parameters and loads them, resampling positions to another image size.
   *
   * @param parameters if they are lazy, the file must stay open while the classifier is used
   * @throws FormatException if the weights do not fit, or the head does not use some of them
   */
  public ImageClassifier load(Parameters parameters, ImageSize imageSize) {
    Parameters.Path root = parameters.root();
    ViTConfig config = file.config().withOutput(head.output()).withImageSize(imageSize);
    ImageClassifier classifier =
        switch (head.kind()) {
          case LINEAR -> ViTClassifier.create(root, config, classes.size());
          case PROBE -> LinearProbe.create(root, config, config.output().pooling(), classes.size());
        };
    LoadReport report = loadTrunk(parameters, config);
    for (int i = 0; i < head.prefixes().size(); i++) {
      String layer = LAYERS.get(i);
      if (report.matched().stream().anyMatch(name -> name.startsWith(layer))) {
        continue; // Its names are those of the parameters, and lazy ones are set only once.
      }
      Weights.load(
          file.file().below(head.prefixes().get(i)),
          parameters,
          LoadOptions.strict().withPrefix(layer));
      NonFinite.refuse(
          file, parameters.all().stream().filter(each -> each.name().startsWith(layer)));
    }
    return classifier;
  }

  /**
   * Loads the network below the head into the parameters of a {@link ViTClassifier} with {@link
   * #output}.
   *
   * @throws FormatException if the weights do not fit, or the head does not use some of them
   */
  public LoadReport loadTrunk(Parameters parameters) {
    return loadTrunk(parameters, file.config().withOutput(head.output()));
  }

  private LoadReport loadTrunk(Parameters parameters, ViTConfig config) {
    LoadReport report =
        file.withConfig(config)
            .load(parameters, head.unused(), LAYERS.getFirst() + "*", LAYERS.getLast() + "*");
    List<String> unused =
        report.unexpected().stream()
            .filter(name -> PARTS.stream().anyMatch(name::startsWith))
            .filter(name -> head.prefixes().stream().noneMatch((file.prefix() + name)::startsWith))
            .toList();
    if (!unused.isEmpty() && head.unused().isEmpty()) {
      throw new FormatException(
          "%s: a head that pools by %s does not use %s"
              .formatted(
                  file.file().description(),
                  head.output().pooling().title(),
                  Printable.line(unused, 2)));
    }
    return report;
  }
}
