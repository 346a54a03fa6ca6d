package io.github.maskalign.cli.eval;

import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.cli.settings.groups.Normalization;
import io.github.maskalign.cli.settings.groups.SplitSettings;
import io.github.maskalign.cli.settings.groups.Views;
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
import io.github.maskalign.vit.weights.PretrainedViT;
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
      @Setting(value = "Images per batch.", defaultValue = "100", range = "[1, *)") int batch,
      @Setting(
              value = "Weights of a supported network, or a folder of them, such as that of a run.",
              defaultText = "none, compares pixels")
          @Nullable Path weights,
      @Setting(
              value = "Input size in pixels.",
              defaultText = "from the weights, or 32 without weights",
              range = "[1, 16384]")
          @Nullable Integer imageSize,
      @Setting(
              value = "Fraction of the shorter side that the center crop keeps.",
              defaultText =
                  "the whole image if it has the input size, else 0.875 up to 224 pixels and 1"
                      + " above",
              range = "(0, 1]")
          @Nullable Double evalCrop,
      @Setting(
              value = "Compare grayscale pixels; only without weights.",
              defaultValue = "false",
              formerly = "grey")
          boolean gray) {

    /** Rejects options that would have no effect. */
    public Sets {
      held.requireOnly(evalData);
      if (gray && weights != null) {
        throw new ArgumentException(
            "--gray: only without --weights; images are converted to the channels of the network");
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
      if (sets.weights == null) {
        int channels = sets.gray ? 1 : 3;
        int side = sets.imageSize == null ? DEFAULT_SIZE : sets.imageSize;
        Transform view = Views.plain(side, sets.evalCrop, Normalization.IMAGENET.stats(channels));
        known = Features.pixels(gallery, view);
        asked = Features.pixels(queries, view);
      } else {
        FeatureExtractor extractor = extractor(session, sets.weights, sets);
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

  private static FeatureExtractor extractor(Session session, Path place, Sets sets) {
    PretrainedViT loaded = FrozenNetwork.load(session.scope(), place, sets.imageSize);
    return new FeatureExtractor(
        session.scope(),
        loaded.network(),
        Views.plain(loaded.preprocessing().size(), sets.evalCrop, loaded.preprocessing().stats()),
        sets.batch);
  }
}
