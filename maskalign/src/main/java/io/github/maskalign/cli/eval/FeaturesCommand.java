package io.github.maskalign.cli.eval;

import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.ProgressLine;
import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.FrozenSettings;
import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.cli.train.DataSetOption;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.StoppedException;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * {@code maskalign features}: writes the features of images to a file.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "features",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Writes a network's features of images as a NumPy file, with a table of their names beside"
            + " it, or as a CSV file: those that knn compares, the class token and the mean of the"
            + " patch tokens after the final norm.")
public final class FeaturesCommand extends SettingsCommand<FeaturesCommand.FeatureSettings> {

  /** All settings of {@code features}. */
  public record FeatureSettings(
      @Group(heading = "Data and network:") Source source,
      @Group(heading = "Machine:") MachineSettings machine) {}

  /** Data, network and preprocessing. */
  public record Source(
      @Setting(value = "Images, with or without labels.", defaultText = Setting.REQUIRED)
          @Nullable String data,
      @Setting(
              value =
                  "File to write: NAME.npy, which also writes NAME.csv, a table of names, labels"
                      + " and classes; or NAME.csv, with both in one.",
              defaultText = Setting.REQUIRED)
          @Nullable Path out,
      @Group(heading = "Data and network:") FrozenSettings network) {}

  private static final String ON_STOP = "Ending after this batch; no file is written ...";
  private static final String NPY = ".npy";
  private static final String CSV = ".csv";

  /** For the service loader. */
  public FeaturesCommand() {
    super(FeatureSettings.class, "features");
  }

  @Override
  public int run(FeatureSettings settings) throws IOException {
    Source source = settings.source;
    Path weights = ModelPath.path(source.network.weights());
    if (weights == null) {
      throw new ArgumentException(
          "missing --weights: weights of a network, or the folder of a run");
    }
    Path out = writable(source.out);
    Dataset images = DataSetOption.open("--data", source.data);
    try (Session session = Session.stoppable(settings.machine, ON_STOP)) {
      FeatureExtractor extractor =
          FrozenNetwork.extractor(session.scope(), weights, source.network)
              .withLoading(session.loading(LoaderOptions.standard()));
      long written;
      try (FeatureFile file = file(out, extractor.width())) {
        written = write(session, extractor, images, file);
        if (session.stop().requested()) {
          return session.stop().exitStatus();
        }
        file.commit();
      } catch (StoppedException e) {
        return session.stop().exitStatus();
      }
      System.out.printf(
          "%s: %s, %s each%n",
          out, Quantity.of(written, "image"), Quantity.of(extractor.width(), "feature"));
      if (!hasSuffix(out, CSV)) {
        System.out.println(table(out) + ": their names, labels and classes");
      }
    }
    return 0;
  }

  private static Path writable(@Nullable Path out) {
    if (out == null) {
      throw new ArgumentException("missing --out: file to write, NAME.npy or NAME.csv");
    }
    if (!hasSuffix(out, NPY) && !hasSuffix(out, CSV)) {
      throw new ArgumentException("--out " + out + ": must end with .npy or .csv");
    }
    return out;
  }

  private static boolean hasSuffix(Path path, String suffix) {
    return String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT).endsWith(suffix);
  }

  private static FeatureFile file(Path out, int width) throws IOException {
    if (hasSuffix(out, CSV)) {
      return new CsvFeatures(out, width);
    }
    return new NpyFeatures(out, table(out), width);
  }

  /** The table beside an array. */
  private static Path table(Path out) {
    String name = out.getFileName().toString();
    return out.resolveSibling(name.substring(0, name.length() - NPY.length()) + CSV);
  }

  /** Returns the number of images, without damaged ones. */
  private static long write(
      Session session, FeatureExtractor extractor, Dataset images, FeatureFile file)
      throws IOException {
    long written = 0;
    try (DataLoader loader = extractor.loader(images);
        ProgressLine line = ProgressLine.onStandardError("Features")) {
      while (loader.hasNext() && !session.stop().requested()) {
        Batch batch = loader.next();
        float[] features = extractor.features(batch);
        requireFinite(images, batch, features);
        file.add(
            batch,
            features,
            Arrays.stream(batch.samples())
                .mapToObj(sample -> image(images, sample))
                .toArray(FeatureFile.Image[]::new));
        written += batch.size();
        line.update(written, images.size());
      }
    }
    return written;
  }

  private static void requireFinite(Dataset images, Batch batch, float[] features) {
    int width = features.length / batch.size();
    for (int i = 0; i < features.length; i++) {
      if (!Float.isFinite(features[i])) {
        throw new FormatException(
            "the features of %s contain %s; has the training of the network diverged?"
                .formatted(images.name(batch.samples()[i / width]), features[i]));
      }
    }
  }

  private static FeatureFile.Image image(Dataset images, int sample) {
    if (!images.hasLabels()) {
      return new FeatureFile.Image(images.name(sample), "", "");
    }
    int label = images.label(sample);
    return new FeatureFile.Image(
        images.name(sample), Integer.toString(label), images.classNames().get(label));
  }
}
