package io.github.maskalign.align.program;

import io.github.maskalign.align.data.Pictures;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.align.eval.FeatureExtractor;
import io.github.maskalign.align.eval.Features;
import io.github.maskalign.align.eval.KNearest;
import io.github.maskalign.align.settings.Group;
import io.github.maskalign.align.settings.Setting;
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
        "Judges a network's features by the nearest labelled pictures; without weights, the pixels"
            + " themselves.")
public final class KnnCommand extends SettingsCommand<KnnCommand.KnnSettings> {

  /** All settings of {@code knn}. */
  public record KnnSettings(
      @Group(heading = "Pictures:") Sets sets,
      @Group(heading = "Neighbours:") Neighbours neighbours,
      @Group(heading = "Machine:") MachineSettings machine) {}

  /** The pictures. */
  public record Sets(
      @Setting("Labelled pictures among which neighbours are looked for.") @Nullable String data,
      @Setting("Labelled pictures whose class is looked for.") @Nullable String evalData,
      @Setting(value = "At most so many pictures of either set, spread evenly.", standard = "none")
          @Nullable Integer atMost,
      @Setting(value = "Pictures in a batch.", standard = "100") int batch,
      @Setting("Weights of any known network, or a folder of them, such as that of a run.")
          @Nullable Path weights,
      @Setting("Side of the pictures; the network's own if none, 32 if there are no weights.")
          @Nullable Integer imageSize,
      @Setting(
              "Share of the shorter side that is seen; if none, all of a picture of the network's"
                  + " size, else 7/8 up to 224 pixels.")
          @Nullable Double evalCrop,
      @Setting(value = "Grey pictures, where there are no weights.", standard = "false")
          boolean grey) {}

  /** The vote. */
  public record Neighbours(
      @Setting(value = "How many neighbours vote.", standard = "20") int k,
      @Setting(value = "The smaller, the more the nearest count.", standard = "0.07")
          double temperature) {}

  private static final int USUAL_SIDE = 32;

  /** For the service loader. */
  public KnnCommand() {
    super(KnnSettings.class, "knn");
  }

  @Override
  int run(KnnSettings settings) {
    try (Session session = Session.open(settings.machine)) {
      Pictures gallery = set("--data", settings.sets.data, settings.sets);
      Pictures queries = set("--eval-data", settings.sets.evalData, settings.sets);
      Sets sets = settings.sets;
      Features known;
      Features asked;
      if (sets.weights == null) {
        int channels = sets.grey ? 1 : 3;
        int side = sets.imageSize == null ? USUAL_SIDE : sets.imageSize;
        Transform view = Views.plain(side, sets.evalCrop, Normalisation.IMAGENET.stats(channels));
        known = Features.pixels(gallery, view);
        asked = Features.pixels(queries, view);
      } else {
        FeatureExtractor extractor = extractor(session, sets.weights, sets);
        known = extractor.extract(gallery);
        asked = extractor.extract(queries);
      }
      KNearest vote = new KNearest(settings.neighbours.k, settings.neighbours.temperature);
      System.out.printf(
          "k-NN: %.2f %% of %,d pictures, by %d of %,d neighbours%n",
          100 * vote.accuracy(session.backend(), known, asked),
          asked.count(),
          vote.k(),
          known.count());
    }
    return 0;
  }

  private static Pictures set(String option, @Nullable String word, Sets sets) {
    Pictures all = PictureSource.labelled(option, word);
    return sets.atMost == null ? all : PictureSource.atMost(all, sets.atMost);
  }

  private static FeatureExtractor extractor(Session session, Path place, Sets sets) {
    FrozenNetwork loaded = FrozenNetwork.load(session.scope(), place, sets.imageSize);
    return new FeatureExtractor(
        session.scope(),
        loaded.network(),
        Views.plain(loaded.side(), sets.evalCrop, loaded.stats()),
        sets.batch);
  }
}
