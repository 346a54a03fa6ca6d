package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.compare.CompareCommand;
import io.github.maskalign.cli.eval.EvalCommand;
import io.github.maskalign.cli.eval.KnnCommand;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.data.sets.Subsets;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Images that are held out of the training set. */
class SplitTest {

  private static final List<String> NETWORK =
      List.of("--model=16x2x2", "--image-size=16", "--patch-size=8");

  @TempDir private static Path folder;
  private static Path data;

  @BeforeAll
  static void write() throws IOException {
    data = folder.resolve("data");
    Map<String, Integer> classes = Map.of("one", 1, "two", 2, "many", 20);
    for (Map.Entry<String, Integer> each : classes.entrySet()) {
      Path place = Files.createDirectories(data.resolve(each.getKey()));
      for (int i = 0; i < each.getValue(); i++) {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < 256; at++) {
          image.setRGB(at % 16, at / 16, Philox.of(i + each.getValue()).bits(at));
        }
        ImageIO.write(image, "png", place.resolve(i + ".png").toFile());
      }
    }
  }

  private static Map<String, Long> perClass(Dataset set) {
    Map<String, Long> counts = new TreeMap<>();
    for (int label : set.labels()) {
      counts.merge(set.classNames().get(label), 1L, Long::sum);
    }
    return counts;
  }

  private static List<String> names(Dataset set) {
    return IntStream.range(0, set.size()).mapToObj(set::name).toList();
  }

  @Test
  void everyClassKeepsAnImageAndTheSeedDecides() {
    Dataset all = DataSets.open(data);
    Subsets.Split split = Subsets.holdOut(all, 0.2, 0);
    assertEquals(Map.of("many", 4L, "two", 1L), perClass(split.chosen()));
    assertEquals(Map.of("many", 16L, "one", 1L, "two", 1L), perClass(split.rest()));
    assertEquals(Map.of("many", 19L, "two", 1L), perClass(Subsets.holdOut(all, 0.99, 0).chosen()));
    assertEquals(names(split.chosen()), names(Subsets.holdOut(all, 0.2, 0).chosen()));
    assertFalse(names(split.chosen()).equals(names(Subsets.holdOut(all, 0.2, 1).chosen())));
    List<String> both = new ArrayList<>(names(split.rest()));
    both.addAll(names(split.chosen()));
    assertEquals(names(all).stream().sorted().toList(), both.stream().sorted().toList());
  }

  private static Ran run(Command command, Stream<String> common, String... more) {
    return Ran.command(command, Stream.concat(common, Stream.of(more)).toArray(String[]::new));
  }

  private static Ran finetune(String... more) {
    return run(
        new FinetuneCommand(),
        Stream.concat(NETWORK.stream(), Stream.of("--epochs=1", "--batch=6", "--quiet")),
        more);
  }

  @Test
  void trainingAndEvaluationHaveTheSameHeldOutImages() {
    Path tuned = folder.resolve("tuned");
    Ran trained = finetune("--data=" + data, "--split=0.2", "--out=" + tuned);
    assertEquals(0, trained.status(), trained.error());
    assertTrue(trained.out().contains("18 images in 3 classes, 5 to evaluate on"), trained.out());
    assertEquals("0.2", new RunFolder(tuned).config(Map.class).get("split"));
    String best = trained.out().replaceAll("(?s).*Best: (top-1 [0-9.]+).*", "$1");
    Ran scored =
        run(new EvalCommand(), Stream.of("--weights=" + tuned), "--data=" + data, "--split=0.2");
    assertTrue(scored.out().contains("on 5 images"), scored.out() + scored.error());
    assertTrue(scored.out().contains(best), best + " in " + scored.out());
    Ran other = finetune("--data=" + data, "--split=0.3", "--resume", "--out=" + tuned);
    assertTrue(other.error().contains("--split is 0.3, was 0.2"), other.error());
    Ran resumed = finetune("--resume", "--out=" + tuned);
    assertTrue(resumed.out().contains("5 to evaluate on"), resumed.out() + resumed.error());
    Ran nearest =
        run(new KnnCommand(), Stream.of("--weights=" + tuned), "--data=" + data, "--split=0.2");
    assertTrue(nearest.out().contains("on 5 images, k = 20, gallery of 18"), nearest.out());
    Ran student =
        run(
            new PretrainCommand(),
            NETWORK.stream(),
            "--data=" + data,
            "--split=0.2",
            "--teacher=" + tuned,
            "--levels=top1",
            "--epochs=1",
            "--batch=6",
            "--quiet",
            "--out=" + folder.resolve("student"));
    assertTrue(student.out().contains("Data: 18 images"), student.out() + student.error());
    assertTrue(student.out().contains("k-NN: teacher"), student.out());
  }

  @Test
  void theSplitReplacesTheEvaluationImagesOfARecipe() {
    Ran printed =
        run(new PretrainCommand(), Stream.of("--recipe=tiny", "--split=0.2", "--print-config"));
    assertEquals(0, printed.status(), printed.error());
    assertTrue(printed.out().contains("split: 0.2"), printed.out());
    assertFalse(printed.out().contains("8000:]"), printed.out());
  }

  @Test
  void aClassifierNeedsTwoClasses() throws IOException {
    Path single = folder.resolve("single");
    Files.createDirectories(single.resolve("cat"));
    Files.copy(data.resolve("one").resolve("0.png"), single.resolve("cat").resolve("0.png"));
    Ran ran = finetune("--data=" + single, "--out=" + folder.resolve("unused"));
    assertTrue(ran.error().contains("has only the class cat; a classifier needs two"), ran.error());
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            new KnnCommand(), List.of(), "missing --eval-data: labeled images to evaluate"),
        Arguments.of(new CompareCommand(), List.of(), "with --split 0.2"),
        Arguments.of(
            new FinetuneCommand(),
            List.of("--split=0.2", "--eval-data=x"),
            "--split: holds out a part of --data to evaluate on, so --eval-data has no use"),
        Arguments.of(
            new KnnCommand(), List.of("--split=1"), "--split 1: must be above 0 and below 1"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatCannotWorkIsRefused(Command command, List<String> options, String expected) {
    Ran ran = run(command, options.stream(), "--data=" + data);
    assertTrue(ran.error().contains(expected), ran.error());
  }

  @Test
  void theSameImagesOnBothSidesGetAWarning() throws IOException {
    Path copy = folder.resolve("copy");
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(data.relativize(file));
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
    assertEquals(
        List.of(
            "Warning: --eval-data has the same images as --data, so the scores say"
                + " nothing about new images; give others, or hold out a part of --data with --split 0.2"),
        errors(copy));
    assertEquals(1, errors(data).size());
    Files.delete(copy.resolve("many").resolve("7.png"));
    assertEquals(List.of(), errors(copy));
  }

  @Test
  void preTrainingWarnsOfTheSameImagesToo() {
    PretrainSettings settings =
        SettingsSchema.of(PretrainSettings.class)
            .build(Map.of("data", data.toString(), "eval-data", data.toString()));
    assertEquals(
        List.of(
            "Warning: --eval-data has the same images as --data (one half of them is the gallery"
                + " for the other), so the scores say nothing about new images; give others, or"
                + " hold out a part of --data with --split 0.2"),
        errors(() -> ValidationSets.open(settings.pictures())));
  }

  private static List<String> errors(Path evaluated) {
    return errors(
        () -> {
          Ran ran = Ran.command(new KnnCommand(), "--data=" + data, "--eval-data=" + evaluated);
          assertEquals(0, ran.status(), ran.error());
        });
  }

  private static List<String> errors(Runnable program) {
    PrintStream console = System.err;
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setErr(console);
    }
    return error.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
