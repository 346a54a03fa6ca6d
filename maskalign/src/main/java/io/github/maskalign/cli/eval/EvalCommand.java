package io.github.maskalign.cli.eval;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.cli.train.ClassifierProgram;
import io.github.maskalign.cli.train.PictureSource;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.ClassifierCard;
import io.github.maskalign.eval.ClassifierScore;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * {@code maskalign eval}: scores a classifier that was trained here.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "eval",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "Scores what finetune or probe has trained on labeled pictures.")
public final class EvalCommand extends SettingsCommand<EvalCommand.EvalSettings> {

  /** All settings of {@code eval}. */
  public record EvalSettings(
      @Group(heading = "Images and weights:") Subject subject,
      @Group(heading = "Machine:") MachineSettings machine) {}

  /** What is scored, on what. */
  public record Subject(
      @Setting("Labeled pictures.") @Nullable String data,
      @Setting(value = "Images per batch.", standard = "100") int batch,
      @Setting(
              "Share of the shorter side that is seen; if none, all of a picture of the network's"
                  + " size, else 7/8 up to 224 pixels.")
          @Nullable Double evalCrop,
      @Setting("The classifier's weights, or the folder of its run.") @Nullable Path weights) {}

  /** For the service loader. */
  public EvalCommand() {
    super(EvalSettings.class, "eval");
  }

  @Override
  public int run(EvalSettings settings) {
    Path weights = settings.subject.weights;
    if (weights == null) {
      throw new IllegalArgumentException("--weights: name the classifier's weights");
    }
    Dataset pictures = PictureSource.labeled("--data", settings.subject.data);
    try (Session session = Session.open(settings.machine);
        NetworkFile file = NetworkFile.open(weights)) {
      ClassifierCard card = ClassifierCard.of(file);
      requireClasses(pictures, card);
      Parameters parameters = Parameters.uninitialized(session.scope(), DType.F32);
      ClassifierScore.Network network = network(file.config(), card, parameters);
      Weights.load(file.weights(), parameters, LoadOptions.strict());
      Transform view =
          Views.plain(
              file.config().imageSize(), settings.subject.evalCrop, ModelCard.of(file).stats());
      ClassifierScore score =
          ClassifierProgram.score(session.scope(), network, pictures, view, settings.subject.batch);
      System.out.printf("%s on %,d pictures: %s%n", weights, pictures.size(), score);
    }
    return 0;
  }

  private static void requireClasses(Dataset pictures, ClassifierCard card) {
    if (!pictures.classNames().equals(card.classes())) {
      throw new IllegalArgumentException(
          "--data has the classes %s, the classifier knows %s"
              .formatted(pictures.classNames(), card.classes()));
    }
  }

  private static ClassifierScore.Network network(
      ViTConfig config, ClassifierCard card, Parameters parameters) {
    Parameters.Path root = parameters.root();
    int classes = card.classes().size();
    return switch (card.head()) {
      case CLS -> ViTClassifier.create(root, config, Pooling.CLASS_TOKEN, classes)::forward;
      case MEAN -> ViTClassifier.create(root, config, Pooling.MEAN_PATCHES, classes)::forward;
      case PROBE_CLS -> LinearProbe.create(root, config, Pooling.CLASS_TOKEN, classes)::forward;
      case PROBE_MEAN -> LinearProbe.create(root, config, Pooling.MEAN_PATCHES, classes)::forward;
    };
  }
}
