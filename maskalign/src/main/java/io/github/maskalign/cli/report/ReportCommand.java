package io.github.maskalign.cli.report;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.train.DataSetOption;
import io.github.maskalign.cli.visualize.PatchInsight;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.vit.hub.name.ModelReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign report}: an HTML report of a run. */
@CommandLine.Command(
    name = "report",
    sortOptions = false,
    description =
        "Writes a self-contained HTML report of a run: curves, scores, the mixing matrix over time,"
            + " masks, attention, nearest neighbors, settings and machine. Sections whose files"
            + " have moved are omitted with a note.")
public final class ReportCommand implements Command {

  private static final int SHOWN = 6;

  @Parameters(
      paramLabel = "RUN",
      description = "Folder of a run of pretrain, finetune, probe or pretrain-tiny.")
  private Path folder;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "HTML file to write (default: report.html in the folder of the run).")
  private @Nullable Path out;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description =
          "Data set of the images to show (default: the evaluation images of the run, else its"
              + " training images).")
  private @Nullable String data;

  @Option(
      names = "--teacher",
      paramLabel = "MODEL",
      converter = ModelPath.Converter.class,
      description =
          "Network whose attention weights the masks (default: the teacher of the run if its file"
              + " still exists, else the student).")
  private @Nullable ModelPath teacher;

  @Option(
      names = "--gallery",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Number of images in which nearest neighbors are searched (default: ${DEFAULT-VALUE}).")
  private int galleryPictures;

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public ReportCommand() {}

  @Override
  public Integer call() {
    if (galleryPictures < 1) {
      throw new ArgumentException("--gallery: must be 1 or more, got " + galleryPictures);
    }
    RunRecord run = RunRecord.read(folder);
    List<String> sections = new ArrayList<>();
    try (Backends.Choice choice = compute.open();
        Scope scope = Scope.root(choice.backend(), "report")) {
      draw(run, scope, sections);
    }
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    write(ReportPage.of(name, run, sections));
    return 0;
  }

  private void draw(RunRecord run, Scope scope, List<String> sections) {
    if (run.weights().isEmpty()) {
      sections.add(missing("Images", "the run has no checkpoint yet"));
      return;
    }
    Dataset pictures;
    PatchInsight student;
    try {
      pictures = pictures(run);
      student = PatchInsight.open(scope, run.weights().get());
    } catch (TensorException | IllegalArgumentException | UncheckedIOException e) {
      sections.add(missing("Images", e.getMessage()));
      return;
    }
    Dataset shown = DataSetOption.atMost(pictures, SHOWN);
    if (run.setting("mask-ratio", "maskRatio").isPresent()) {
      sections.add(orMissing("Masks", () -> masks(run, scope, student, shown)));
    }
    sections.add(
        orMissing("Attention and patch features", () -> InsightSection.of(student, shown)));
    sections.add(orMissing("Nearest neighbors", () -> neighbors(student, shown, rest(pictures))));
  }

  private Dataset pictures(RunRecord run) {
    String word = data;
    if (word == null) {
      // Earlier runs of pretrain-tiny had no such setting and used the embedded data set.
      word = run.setting("eval-data", "data").orElse("fashion-mnist");
    }
    try {
      return DataSetOption.open("--data", word);
    } catch (TensorException | IllegalArgumentException | UncheckedIOException e) {
      throw new ArgumentException(
          "the images of the run were not found (%s); use --data".formatted(e.getMessage()), e);
    }
  }

  private String masks(RunRecord run, Scope scope, PatchInsight student, Dataset shown) {
    Path place = ModelPath.path(teacher);
    if (place == null) {
      place =
          Stream.concat(own(run).stream(), Stream.of(run.teacher()))
              .filter(Files::exists)
              .findFirst()
              .orElse(null);
    }
    return place == null
        ? MaskSection.of(student, "the student", shown, run)
        : MaskSection.of(PatchInsight.open(scope, place), "the teacher", shown, run);
  }

  /** The teacher that the settings of a run name. */
  private static Optional<Path> own(RunRecord run) {
    return run.setting("teacher")
        .map(
            text ->
                text.startsWith(ModelReference.PREFIX)
                    ? ModelPath.parse(text).path()
                    : Path.of(text));
  }

  private String neighbors(PatchInsight student, Dataset shown, Dataset gallery) {
    if (!gallery.hasLabels()) {
      throw new ArgumentException("the images have no labels");
    }
    spec.commandLine()
        .getErr()
        .printf("Computing features of %s ...%n", Quantity.of(gallery.size(), "image"));
    return NeighborSection.of(student, shown, gallery);
  }

  /** Images that are not shown, spread evenly. */
  private Dataset rest(Dataset all) {
    int size = all.size();
    boolean[] shown = new boolean[size];
    for (int sample : DataSetOption.spread(size, SHOWN)) {
      shown[sample] = true;
    }
    int[] others = IntStream.range(0, size).filter(i -> !shown[i]).toArray();
    return DataSetOption.atMost(all.select(others), galleryPictures);
  }

  private static String orMissing(String title, Supplier<String> section) {
    try {
      return section.get();
    } catch (TensorException | IllegalArgumentException | UncheckedIOException e) {
      return missing(title, e.getMessage());
    }
  }

  private static String missing(String title, String why) {
    return Html.section(title, Html.note("Not drawn: " + why + "."));
  }

  private void write(String page) {
    Path file = out == null ? folder.resolve("report.html") : out;
    try {
      AtomicFile.write(file, page);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
    spec.commandLine().getOut().printf("%s: %,d bytes%n", file, page.length());
  }
}
