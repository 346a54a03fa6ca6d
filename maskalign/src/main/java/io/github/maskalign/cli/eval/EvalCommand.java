package io.github.maskalign.cli.eval;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.MergeOption;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.EvaluationSettings;
import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.cli.settings.groups.SplitSettings;
import io.github.maskalign.cli.train.ClassifierRun;
import io.github.maskalign.cli.train.DataSetOption;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.ClassifierScore;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.TokenMerging;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import io.github.maskalign.vit.weights.classifier.Probability;
import io.github.maskalign.vit.weights.processor.ImageBackend;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * {@code maskalign eval}: evaluates a classifier.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "eval",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Evaluates a classifier on labeled images: loss, top-1 and top-5. It is a fine-tuned or"
            + " probed model, or a published one. Classes are matched by name, by ImageNet's"
            + " synsets, or by the numbers of a list.")
public final class EvalCommand extends SettingsCommand<EvalCommand.EvalSettings> {

  /** All settings of {@code eval}. */
  public record EvalSettings(
      @Group(heading = "Data and network:") Subject subject,
      @Group(heading = "Machine:") MachineSettings machine) {}

  /** The classifier and the images. */
  public record Subject(
      @Setting(value = "Labeled images to evaluate on.", defaultText = Setting.REQUIRED)
          @Nullable String data,
      @Group(heading = "Data and network:") SplitSettings held,
      @Group(heading = "Data and network:") EvaluationSettings evaluation,
      @Setting(
              value = "Classifier: the folder of its run, or " + ModelPath.KINDS + ".",
              defaultText = Setting.REQUIRED)
          @Nullable ModelPath weights,
      @Setting(value = ImageOptions.IMAGE_BACKEND, defaultText = ImageOptions.DEFAULT)
          @Nullable ImageBackend imageBackend,
      @Setting(value = MergeOption.MERGE, defaultValue = "0", range = "[0, *)") int merge) {}

  /** For the service loader. */
  public EvalCommand() {
    super(EvalSettings.class, "eval");
  }

  @Override
  public int run(EvalSettings settings) {
    Path weights = ModelPath.path(settings.subject.weights);
    if (weights == null) {
      throw new ArgumentException(
          "missing --weights: weights of the classifier, or the folder of its run");
    }
    Dataset all = DataSetOption.labeled("--data", settings.subject.data);
    SplitSettings held = settings.subject.held;
    Dataset labeled = held.wanted() ? held.of(all).chosen() : all;
    try (Session session = Session.open(settings.machine);
        NetworkFile file =
            NetworkFile.open(weights)
                .withProcessing(ImageOptions.processing(settings.subject.imageBackend))) {
      ImageSize size = PretrainedViT.imageSize(file);
      ClassifierFile classifier = ClassifierFile.of(file.withImageSize(size));
      Dataset pictures =
          DataSetOption.matched("--data", labeled, "the classifier", classifier.classes());
      Parameters parameters = Parameters.uninitialized(session.scope(), DType.F32);
      ClassifierScore.Network network =
          network(classifier.load(parameters), settings.subject.merge);
      ModelCard card = ModelCard.of(file).withSize(size);
      card.notes().forEach(System.out::println);
      if (classifier.probability() == Probability.SIGMOID) {
        System.out.println(
            "The classifier judges each class by itself, and several may fit an image; scores are"
                + " of one class per image, and the loss is that of a softmax.");
      }
      Transform view = settings.subject.evaluation.view(card.preprocessing());
      ClassifierScore score =
          ClassifierRun.score(
              session.scope(),
              network,
              pictures,
              view,
              settings.subject.evaluation.batch(),
              LoaderOptions.standard());
      System.out.printf(
          "%s on %s: %s%n",
          file.file().location(weights), Quantity.of(pictures.size(), "image"), score);
    }
    return 0;
  }

  private static ClassifierScore.Network network(ImageClassifier classifier, int merge) {
    if (merge == 0) {
      return classifier::forward;
    }
    TokenMerging merging = new TokenMerging(classifier.trunk(), merge);
    merging.require(classifier.trunk().config().output().pooling());
    return (ops, images) -> classifier.classify(ops, merging.features(ops, images));
  }
}
