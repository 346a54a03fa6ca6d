package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.eval.EvalCommand;
import io.github.maskalign.cli.eval.KnnCommand;
import io.github.maskalign.data.sets.Samples;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands that take two data sets compare their classes by name. */
class ClassesByNameTest {
  private static final String[] CLASSES = {"apple", "banana", "cherry"};

  @TempDir private Path folder;

  @BeforeEach
  void makeSets() {
    StringBuilder train = new StringBuilder();
    StringBuilder val = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      int label = i % 3;
      byte[] picture = Samples.png(20 + 100 * label + i / 3);
      Samples.write(folder.resolve("train/%s/%02d.png".formatted(CLASSES[label], i)), picture);
      Samples.write(folder.resolve("i/%02d.png".formatted(i)), picture);
      train.append("i/%02d.png %d%n".formatted(i, label));
      if (label != 1) {
        Samples.write(folder.resolve("val/%s/%02d.png".formatted(CLASSES[label], i)), picture);
      }
      if (label != 2) {
        val.append("i/%02d.png %d%n".formatted(i, label));
      }
    }
    Samples.write(folder.resolve("train.txt"), train.toString().getBytes(StandardCharsets.UTF_8));
    Samples.write(folder.resolve("val.txt"), val.toString().getBytes(StandardCharsets.UTF_8));
  }

  private String run(Command command, String... arguments) {
    PrintStream console = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int status =
          new CommandLine(command)
              .setExecutionExceptionHandler(
                  (failure, _, _) -> {
                    throw failure;
                  })
              .execute(arguments);
      assertEquals(0, status, out::toString);
      return out.toString(StandardCharsets.UTF_8);
    } finally {
      System.setOut(console);
    }
  }

  private String option(String name, String path) {
    return name + "=" + folder.resolve(path);
  }

  @Test
  void neighborsAreCountedByClassName() {
    String said =
        run(
            new KnnCommand(),
            option("--data", "train"),
            option("--eval-data", "val"),
            "--image-size=4");
    assertTrue(said.contains("top-1 100.00 % on 16 images"), said);
    assertTrue(said.contains("--eval-data: no images of the class banana"), said);
  }

  @Test
  void aClassifierIsEvaluatedOnSomeOfItsClasses() {
    String trained =
        run(
            new FinetuneCommand(),
            option("--data", "train.txt"),
            option("--eval-data", "val.txt"),
            option("--out", "run"),
            "--model=16x1x2",
            "--image-size=8",
            "--patch-size=4",
            "--epochs=1",
            "--warmup=0",
            "--batch=8",
            "--mixup=0",
            "--cutmix=0",
            "--quiet");
    assertTrue(trained.contains("24 images in 3 classes, 16 to evaluate on"), trained);
    assertTrue(trained.contains("Best: top-1"), trained);

    String scored = run(new EvalCommand(), option("--weights", "run"), option("--data", "val.txt"));
    assertTrue(scored.contains("on 16 images"), scored);
    assertTrue(scored.contains("no images of the class 2"), scored);

    StringBuilder refusal = new StringBuilder();
    new CommandLine(new EvalCommand())
        .setExecutionExceptionHandler(
            (failure, _, _) -> {
              refusal.append(failure.getMessage());
              return 2;
            })
        .execute(option("--weights", "run"), option("--data", "val"));
    assertEquals(
        "--data has the classes apple, cherry, unknown to the classifier, which has the classes 0,"
            + " 1, 2; classes are matched by name, and names do not match numbers",
        refusal.toString());
  }
}
