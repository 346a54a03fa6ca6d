package io.github.maskalign.cli.eval;

import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.cli.settings.groups.Normalization;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.cli.train.PictureSource;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.eval.Features;
import io.github.maskalign.eval.KnnClassifier;
import io.github.maskalign.vit.weights.PretrainedViT;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * {@code maskalign knn}: judges features without any training.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "knn",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Judges a network's features by the nearest labeled pictures; without weights, the pixels"
            + " themselves.")
public final class KnnCommand extends SettingsCommand<KnnCommand.KnnSettings> {

  /** All settings of {@code knn}. */
  public record KnnSettings(
      @Group(heading = "Images:") Sets sets,
      @Group(heading = "Neighbors:") Neighbors neighbors,
      @Group(heading = "Machine:") MachineSettings machine) {}

  /** The pictures. */
  public record Sets(
      @Setting("Labeled pictures among which neighbors are looked for.") @Nullable String data,
      @Setting("Labeled pictures whose class is looked for.") @Nullable String evalData,
      @Setting(value = "At most so many pictures of either set, spread evenly.", standard = "none")
          @Nullable Integer atMost,
      @Setting(value = "Images per batch.", standard = "100") int batch,
      @Setting("Weights of any known network, or a folder of them, such as that of a run.")
          @Nullable Path weights,
      @Setting("Side of the pictures; the network's own if none, 32 if there are no weights.")
          @Nullable Integer imageSize,
      @Setting(
              "Share of the shorter side that is seen; if none, all of a picture of the network's"
                  + " size, else 7/8 up to 224 pixels.")
          @Nullable Double evalCrop,
      @Setting(value = "Gray pictures, where there are no weights.", standard = "false")
          boolean gray) {}

  /** The vote. */
  public record Neighbors(
      @Setting(value = "How many neighbors vote.", standard = "20") int k,
      @Setting(value = "The smaller, the more the nearest count.", standard = "0.07")
          double temperature) {}

  private static final int USUAL_SIDE = 32;

  /** For the service loader. */
  public KnnCommand() {
    super(KnnSettings.class, "knn");
  }

  @Override
  public int run(KnnSettings settings) {
    try (Session session = Session.open(settings.machine)) {
      Dataset gallery = set("--data", settings.sets.data, settings.sets);
      Dataset queries = set("--eval-data", settings.sets.evalData, settings.sets);
      Sets sets = settings.sets;
      Features known;
      Features asked;
      if (sets.weights == null) {
        int channels = sets.gray ? 1 : 3;
        int side = sets.imageSize == null ? USUAL_SIDE : sets.imageSize;
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
          "k-NN: %.2f %% of %,d pictures, by %d of %,d neighbors%n",
          100 * vote.accuracy(session.backend(), known, asked),
          asked.count(),
          vote.k(),
          known.count());
    }
    return 0;
  }

  private static Dataset set(String option, @Nullable String word, Sets sets) {
    Dataset all = PictureSource.labeled(option, word);
    return sets.atMost == null ? all : PictureSource.atMost(all, sets.atMost);
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
