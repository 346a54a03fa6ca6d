package io.github.maskalign.cli.classify;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.MergeOption;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.ProgressLine;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.embed.Classifier;
import io.github.maskalign.vit.embed.ClassifierOptions;
import io.github.maskalign.vit.weights.classifier.Probability;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign predict}: the classes of images by a trained classifier. */
@CommandLine.Command(
    name = "predict",
    sortOptions = false,
    description = {
      "Predicts the classes of images with a trained classifier: prints the most probable classes"
          + " of each image, highest first. For classes in your own words, see classify.",
      "Each image is printed as soon as it is known, so an interruption keeps what is printed."
          + " Damaged images are named on standard error and skipped. Exit status: 0 all images"
          + " were classified, 1 some were not, 2 a usage error, 130 interrupted."
    })
public final class PredictCommand implements Command {

  @Parameters(
      paramLabel = "IMAGE|FOLDER",
      arity = "1..*",
      description =
          "Images to classify, and folders with images in them or in subfolders: JPEG, PNG, GIF,"
              + " BMP or WebP.")
  private List<Path> places;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "MODEL",
      converter = ModelPath.Converter.class,
      description =
          "Classifier: the weights or the folder of a run of finetune or probe, the folder of a"
              + " published model, or its name on the Hub, hf:ORG/NAME (required).")
  private ModelPath weights;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Number of classes to print per image (default: ${DEFAULT-VALUE}).")
  private int top = 5;

  @ArgGroup private @Nullable Format format;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Mixin private final ImageOptions processing = new ImageOptions();

  @Mixin private final MergeOption merging = new MergeOption();

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  @Spec private CommandSpec spec;

  /** Formats other than text, of which one can be chosen. */
  static final class Format {

    @Option(
        names = "--json",
        description =
            "Print one JSON object per line and image: its name, and the predictions with number,"
                + " label and probability.")
    private boolean json;

    @Option(
        names = "--csv",
        description =
            "Print CSV, one line per image and class: image, rank, number, label, probability.")
    private boolean csv;
  }

  /** For the service loader. */
  public PredictCommand() {}

  @Override
  public Integer call() {
    if (top < 1) {
      throw new ArgumentException("--top: must be 1 or more, got " + top);
    }
    PrintWriter err = spec.commandLine().getErr();
    List<PredictRun.Image> images = images(err);
    ClassifierOptions options =
        ClassifierOptions.defaults()
            .withExecution(compute.execution())
            .withProcessing(processing.processing())
            .withMerge(merging.merge());
    try (Classifier classifier = Classifier.load(weights.path(), options);
        ProgressLine line = new ProgressLine(err, "Images")) {
      err.println(classifier.explanation().lines().findFirst().orElse(""));
      err.printf("Weights: %s: %s%n", weights, description(classifier));
      classifier.notes().forEach(err::println);
      PredictRun run = new PredictRun(classifier, spec.commandLine().getOut(), printer());
      return run.of(
              images,
              message -> {
                line.clear();
                err.println("maskalign: " + message);
              },
              quiet ? (_, _) -> {} : line::update,
              line::clear)
          ? 0
          : 1;
    }
  }

  private static String description(Classifier classifier) {
    return Quantity.of(classifier.classes().size(), "class")
        + (classifier.probability() == Probability.SOFTMAX
            ? ", one per image: probabilities add up to 100 %"
            : ", any number per image: each probability stands for itself");
  }

  private PredictionPrinter printer() {
    if (format == null) {
      return PredictionPrinter.TEXT;
    }
    return format.json ? PredictionPrinter.JSON : PredictionPrinter.CSV;
  }

  private List<PredictRun.Image> images(PrintWriter err) {
    List<PredictRun.Image> images = new ArrayList<>();
    for (Path place : places) {
      if (!Files.isDirectory(place)) {
        images.add(
            new PredictRun.Image(place.toString(), classifier -> classifier.classify(place, top)));
        continue;
      }
      Dataset folder = DataSets.named(place.toString());
      DatasetNotes notes = folder.notes();
      if (!notes.ignored().isEmpty()) {
        err.printf("%s: %s%n", Printable.line(place.toString()), notes.ignoredFiles());
      }
      for (int i = 0; i < folder.size(); i++) {
        int sample = i;
        images.add(
            new PredictRun.Image(
                folder.name(sample),
                classifier -> classifier.classify(folder.picture(sample), top)));
      }
    }
    return images;
  }
}
