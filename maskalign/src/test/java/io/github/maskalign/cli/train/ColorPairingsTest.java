package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.eval.EvalCommand;
import io.github.maskalign.cli.eval.KnnCommand;
import io.github.maskalign.tensor.random.Philox;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Gray and color in every pairing of teacher, student and data. */
class ColorPairingsTest {

  private static final List<String> KINDS = List.of("gray", "color");
  private static final List<String> SHAPE = shape("16x2x2");

  @TempDir private static Path folder;

  private static List<String> shape(String model) {
    return List.of("--model=" + model, "--image-size=16", "--patch-size=8");
  }

  @BeforeAll
  static void makeDataAndTeachers() throws IOException {
    for (String kind : KINDS) {
      write(folder.resolve("data-" + kind), kind.equals("gray"));
      run(
          new FinetuneCommand(),
          Stream.concat(SHAPE.stream(), Stream.of("--gray=" + kind.equals("gray"))),
          "--data=" + folder.resolve("data-" + kind),
          "--epochs=1",
          "--warmup=0",
          "--batch=4",
          "--quiet",
          "--out=" + folder.resolve("teacher-" + kind));
    }
  }

  private static void write(Path data, boolean gray) throws IOException {
    Philox random = Philox.of(1);
    for (int i = 0; i < 12; i++) {
      int type = gray ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
      BufferedImage image = new BufferedImage(20, 18, type);
      for (int at = 0; at < 360; at++) {
        image.setRGB(at % 20, at / 20, random.bits(1000L * i + at) & (i % 2 == 0 ? 0x3f3f3f : -1));
      }
      Path place = data.resolve(i % 2 == 0 ? "dark" : "light").resolve(i + ".png");
      Files.createDirectories(place.getParent());
      ImageIO.write(image, "png", place.toFile());
    }
  }

  private static Ran run(Command program, Stream<String> common, String... more) {
    Ran ran = Ran.command(program, Stream.concat(common, Stream.of(more)).toArray(String[]::new));
    assertEquals(0, ran.status(), ran.error());
    return ran;
  }

  private static Stream<Arguments> pairings() {
    return KINDS.stream()
        .flatMap(
            teacher ->
                KINDS.stream()
                    .flatMap(
                        student ->
                            KINDS.stream().map(data -> Arguments.of(teacher, student, data))));
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void everyTeacherTeachesEveryStudent(String teacher, String student, String data) {
    pretrain(folder.resolve("teacher-" + teacher).toString(), teacher, student, data);
  }

  @ParameterizedTest
  @CsvSource({"gray,gray", "gray,color", "color,gray", "color,color"})
  void theEmbeddedTeacherTeachesEveryStudent(String student, String data) {
    pretrain("tiny", "tiny", student, data);
  }

  /** Pre-trains with a teacher cache, resumes, and uses the student. */
  private static void pretrain(String teacher, String name, String student, String data) {
    Path out = folder.resolve("run-" + name + "-" + student + "-" + data);
    Path images = folder.resolve("data-" + data);
    List<String> settings =
        Stream.concat(
                shape(name.equals("tiny") ? "16x6x2" : "16x2x2").stream(),
                Stream.of(
                    "--gray=" + student.equals("gray"),
                    "--teacher=" + teacher,
                    "--data=" + images,
                    "--eval-data=" + folder.resolve("data-gray"),
                    "--teacher-cache=1",
                    "--teacher-cache-dir=" + folder.resolve("cache"),
                    "--levels=top1",
                    "--epochs=1",
                    "--warmup=0",
                    "--batch=4",
                    "--quiet",
                    "--out=" + out))
            .toList();
    Ran ran = run(new PretrainCommand(), settings.stream());
    assertTrue(ran.out().contains("k-NN: teacher"), ran.out());
    Ran resumed = run(new PretrainCommand(), settings.stream(), "--resume");
    assertTrue(resumed.out().contains("Resumed after step 3"), resumed.out());
    for (String other : KINDS) {
      run(
          new KnnCommand(),
          Stream.of("--weights=" + out, "--eval-data=" + images),
          "--data=" + folder.resolve("data-" + other));
    }
  }

  @ParameterizedTest
  @CsvSource({"gray,gray", "gray,color", "color,gray", "color,color"})
  void classifiersTakeBothKindsOfImages(String network, String data) {
    Path images = folder.resolve("data-" + data);
    Path weights = folder.resolve("teacher-" + network);
    Path probe = folder.resolve("probe-" + network + "-" + data);
    List<String> settings =
        List.of("--weights=" + weights, "--epochs=1", "--warmup=0", "--batch=4", "--quiet");
    run(new ProbeCommand(), settings.stream(), "--data=" + images, "--out=" + probe);
    run(
        new FinetuneCommand(),
        settings.stream(),
        "--data=" + images,
        "--augment=rand-m9-mstd0.5-inc1",
        "--out=" + folder.resolve("tuned-" + network + "-" + data));
    for (Path classifier : List.of(weights, probe)) {
      run(new EvalCommand(), Stream.of("--weights=" + classifier), "--data=" + images);
    }
  }

  @Test
  void weightsOfTheOtherKindAreRefused() {
    Ran ran =
        Ran.command(
            new FinetuneCommand(),
            "--data=" + folder.resolve("data-gray"),
            "--weights=" + folder.resolve("teacher-color"),
            "--gray",
            "--out=" + folder.resolve("refused"));
    assertEquals(
        "--gray true: the weights have 3 input channels; images are converted to them",
        ran.error());
  }
}
