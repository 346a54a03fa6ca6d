package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --on-damaged} says holds for every pass of a run over its images. */
class DamagedRunTest {

  private static final List<String> COMMON =
      List.of(
          "--model=16x2x2",
          "--image-size=16",
          "--patch-size=8",
          "--epochs=3",
          "--batch=8",
          "--split=0.25");

  @TempDir private static Path folder;
  private static Path data;

  @BeforeAll
  static void write() throws IOException {
    data = folder.resolve("data");
    for (String name : List.of("a", "b")) {
      Path place = Files.createDirectories(data.resolve(name));
      for (int i = 0; i < 8; i++) {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        image.setRGB(i, i, 0xffffff);
        ImageIO.write(image, "png", place.resolve(i + ".png").toFile());
      }
    }
    for (int i = 0; i < 8; i += 2) {
      Path image = data.resolve("a").resolve(i + ".png");
      Files.write(image, Arrays.copyOf(Files.readAllBytes(image), 40));
    }
  }

  /** Runs a command; its standard error precedes the message of a failure. */
  private static Ran run(Command command, String... more) {
    PrintStream console = System.err;
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
    try {
      Ran ran =
          Ran.command(
              command,
              Stream.of(COMMON.stream(), Stream.of("--data=" + data), Stream.of(more))
                  .flatMap(all -> all)
                  .toArray(String[]::new));
      return new Ran(ran.status(), ran.out(), error.toString(StandardCharsets.UTF_8) + ran.error());
    } finally {
      System.setErr(console);
    }
  }

  private static long count(String all, String part) {
    return all.lines().filter(line -> line.contains(part)).count();
  }

  @Test
  void theAllowedShareIsThatOfTheEvaluation() {
    Ran tuned = run(new FinetuneCommand(), "--on-damaged=skip:0.9", "--out=" + folder.resolve("t"));
    assertEquals(0, tuned.status(), tuned.error());
    for (int i = 0; i < 8; i += 2) {
      long lines = count(tuned.error() + tuned.out(), Path.of("a", i + ".png").toString());
      assertEquals(1, lines, tuned.error() + tuned.out());
    }
  }

  @Test
  void theAllowedShareIsThatOfTheTeacherCacheAndTheFeatures() {
    Path teacher = folder.resolve("teacher");
    Ran taught = run(new FinetuneCommand(), "--on-damaged=skip:0.9", "--out=" + teacher);
    assertEquals(0, taught.status(), taught.error());
    Ran student =
        run(
            new PretrainCommand(),
            "--on-damaged=skip:0.9",
            "--teacher=" + teacher,
            "--teacher-cache=1",
            "--teacher-cache-dir=" + folder.resolve("cache"),
            "--levels=top1",
            "--eval-every=1",
            "--out=" + folder.resolve("s"));
    assertEquals(0, student.status(), student.error());
    assertTrue(student.out().contains("k-NN: teacher"), student.out());
  }

  @Test
  void damageThatIsNotAllowedEndsTheRunWithTheOption() throws IOException {
    Ran strict = run(new FinetuneCommand(), "--on-damaged=fail", "--out=" + folder.resolve("f"));
    assertEquals(2, strict.status());
    Ran few = run(new FinetuneCommand(), "--out=" + folder.resolve("w"));
    assertEquals(0, few.status(), few.error());
    Path worse = folder.resolve("worse");
    for (String name : List.of("a", "b")) {
      Files.createDirectories(worse.resolve(name));
      for (int i = 0; i < 8; i++) {
        boolean damaged = name.equals("a") && i < 7;
        Path from = data.resolve(damaged ? "a" : "b").resolve((damaged ? 0 : i) + ".png");
        Files.copy(from, worse.resolve(name).resolve(i + ".png"));
      }
    }
    Ran usual = run(new FinetuneCommand(), "--data=" + worse, "--out=" + folder.resolve("u"));
    assertEquals(2, usual.status(), usual.out());
    assertTrue(usual.error().contains("--on-damaged skip:SHARE"), usual.error());
  }
}
