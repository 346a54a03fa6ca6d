package io.github.maskalign.cli.eval;

import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.FrozenSettings;
import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.cli.settings.groups.Normalization;
import io.github.maskalign.cli.settings.groups.SplitSettings;
import io.github.maskalign.cli.train.DataSetOption;
import io.github.maskalign.cli.train.LabeledSets;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.eval.Features;
import io.github.maskalign.eval.KnnClassifier;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.image.ImageSize;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * {@code maskalign knn}: evaluates features by k-NN classification.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "knn",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Evaluates a network's features by k-NN classification of labeled images; without weights,"
            + " classifies by pixels.")
public final class KnnCommand extends SettingsCommand<KnnCommand.KnnSettings> {

  /** All settings of {@code knn}. */
  public record KnnSettings(
      @Group(heading = "Data and network:") Sets sets,
      @Group(heading = "Neighbors:") Neighbors neighbors,
      @Group(heading = "Machine:") MachineSettings machine) {}

  /** Data, network and preprocessing. */
  public record Sets(
      @Setting(
              value = "Labeled images in which neighbors are searched.",
              defaultText = Setting.REQUIRED)
          @Nullable String data,
      @Setting(
              value = "Labeled images to classify.",
              defaultText = Setting.REQUIRED + ", or --split")
          @Nullable String evalData,
      @Group(heading = "Data and network:") SplitSettings held,
      @Setting(
              value = "Maximum number of images of each data set, spread evenly.",
              defaultText = "all",
              formerly = "at-most",
              range = "[1, *)")
          @Nullable Integer maxImages,
      @Group(
              heading = "Data and network:",
              defaultTexts = {
                "weights=none, compares pixels",
                "image-size=from the weights, or 32 without weights"
              })
          FrozenSettings network,
      @Setting(
              value = "Compare grayscale pixels; only without weights.",
              defaultValue = "false",
              formerly = "grey")
          boolean gray) {

    /** Rejects options that would have no effect. */
    public Sets {
      held.requireOnly(evalData);
      if (gray && network.weights() != null) {
        throw new ArgumentException(
            "--gray: only without --weights; images are converted to the channels of the network");
      }
      if (network.merge() > 0 && network.weights() == null) {
        throw new ArgumentException(
            "--merge: only with --weights; without a network, pixels are compared");
      }
    }
  }

  /** The vote. */
  public record Neighbors(
      @Setting(value = "Number of neighbors that vote.", defaultValue = "20", range = "[1, *)")
          int k,
      @Setting(
              value = "Temperature of the vote; lower values give near neighbors more weight.",
              defaultValue = "0.07",
              range = "(0, *)")
          double temperature) {}

  private static final int DEFAULT_SIZE = 32;

  /** For the service loader. */
  public KnnCommand() {
    super(KnnSettings.class, "knn");
  }

  @Override
  public int run(KnnSettings settings) {
    try (Session session = Session.open(settings.machine)) {
      Sets sets = settings.sets;
      LabeledSets images = LabeledSets.required(sets.data, sets.evalData, sets.held);
      Dataset gallery = atMost(images.known(), sets.maxImages);
      Dataset queries = atMost(images.queries(), sets.maxImages);
      Features known;
      Features asked;
      Path weights = ModelPath.path(sets.network.weights());
      if (weights == null) {
        int channels = sets.gray ? 1 : 3;
        Integer size = sets.network.imageSize();
        int side = size == null ? DEFAULT_SIZE : size;
        Transform view =
            sets.network
                .evaluation()
                .view(ImageSize.square(side), Normalization.IMAGENET.stats(channels));
        known = Features.pixels(gallery, view);
        asked = Features.pixels(queries, view);
      } else {
        FeatureExtractor extractor =
            FrozenNetwork.extractor(session.scope(), weights, sets.network);
        known = extractor.extract(gallery);
        asked = extractor.extract(queries);
      }
      KnnClassifier vote = new KnnClassifier(settings.neighbors.k, settings.neighbors.temperature);
      System.out.printf(
          "k-NN: top-1 %.2f %% on %s, k = %d, gallery of %s%n",
          100 * vote.accuracy(session.backend(), known, asked),
          Quantity.of(asked.count(), "image"),
          vote.k(),
          Quantity.of(known.count(), "image"));
    }
    return 0;
  }

  private static Dataset atMost(Dataset all, @Nullable Integer count) {
    return count == null ? all : DataSetOption.atMost(all, count);
  }
}
