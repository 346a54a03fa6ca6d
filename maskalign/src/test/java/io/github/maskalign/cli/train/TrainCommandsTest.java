package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.eval.EvalCommand;
import io.github.maskalign.cli.eval.KnnCommand;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.train.log.EventReader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs one after the other, on networks that learn next to nothing in no time. */
class TrainCommandsTest {

  private static final List<String> SHAPE =
      List.of("--model=16x2x2", "--image-size=28", "--patch-size=14", "--gray", "--quiet");

  private static String[] with(List<String> common, String... more) {
    List<String> all = new ArrayList<>(common);
    Collections.addAll(all, more);
    return all.toArray(String[]::new);
  }

  private static Ran finetune(Path out, String... more) {
    List<String> all = new ArrayList<>(SHAPE);
    if (Arrays.stream(more).noneMatch(option -> option.startsWith("--batch"))) {
      all.add("--batch=500");
    }
    if (more.length < 2) {
      Collections.addAll(all, "--augment=none", "--erase-prob=0");
    }
    Collections.addAll(all, more);
    return Ran.command(
        new FinetuneCommand(),
        with(
            all,
            "--data=fashion-mnist",
            "--eval-data=fashion-mnist",
            "--eval-batch=1000",
            "--epochs=1",
            "--lr=5e-3",
            "--warmup=0.1",
            "--layer-decay=1",
            "--out=" + out));
  }

  private static Ran pretrain(Path teacher, Path out, String... more) {
    List<String> all = new ArrayList<>(SHAPE);
    Collections.addAll(all, more);
    return Ran.command(
        new PretrainCommand(),
        with(
            all,
            "--data=fashion-mnist",
            "--eval-data=fashion-mnist",
            "--eval-images=500",
            "--teacher=" + teacher,
            "--levels=top2",
            "--mask-ratio=0.5",
            "--batch=500",
            "--lr=5e-3",
            "--warmup=0.1",
            "--out=" + out));
  }

  /** Surefire sets the Hub offline, so looking for the teacher would fail. */
  @Test
  void aMaskedAutoencoderDoesNotLookForTheTeacherOfItsRecipe(@TempDir Path folder) {
    Ran ran =
        Ran.command(
            new PretrainCommand(),
            "--recipe=cifar-96",
            "--method=mae",
            "--mask=random",
            "--precision=f32",
            "--model=16x1x2",
            "--image-size=28",
            "--patch-size=14",
            "--gray",
            "--epochs=1",
            "--quiet",
            "--data=fashion-mnist[:128]",
            "--out=" + folder.resolve("mae"));
    assertEquals(0, ran.status(), ran.error());
    assertTrue(ran.out().contains("Teacher: none"), ran.out());
  }

  @Test
  @Tag("slow")
  void oneProgramUsesWhatTheOtherLeft(@TempDir Path folder) throws Exception {
    Path teacher = folder.resolve("teacher");
    Ran trained = finetune(teacher);
    assertEquals(0, trained.status(), trained.error());
    double best = trained.number("Best: top-1");
    assertTrue(best > 15, trained.out());

    Ran scored =
        Ran.command(
            new EvalCommand(), "--weights=" + teacher, "--data=fashion-mnist", "--batch=1000");
    assertEquals(best, scored.number("top-1"), scored.out());

    Path student = folder.resolve("student");
    Ran taught = pretrain(teacher, student, "--epochs=2", "--tensorboard");
    assertEquals(0, taught.status(), taught.error());
    assertTrue(taught.number("k-NN: teacher") > 20, taught.out());
    assertTrue(taught.number("student before training") > 20, taught.out());
    List<EventReader.Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(student.resolve("tensorboard"))) {
      events.addAll(EventReader.read(files.toList().getFirst()));
    }
    assertEquals(40, events.getLast().step());
    assertTrue(events.getLast().values().containsKey("knn"), events.toString());
    String last = Files.readAllLines(student.resolve("log.jsonl")).getLast();
    assertTrue(last.contains("\"knn\":") && last.contains("\"share_level_1\":"), last);
    assertTrue(last.contains("\"mix_1_0\":"), last);

    Ran nearest =
        Ran.command(
            new KnnCommand(),
            "--weights=" + student,
            "--data=fashion-mnist",
            "--eval-data=fashion-mnist",
            "--max-images=500");
    assertTrue(nearest.number("k-NN: top-1") > 20, nearest.out());

    Ran pixels =
        Ran.command(
            new KnnCommand(),
            "--data=fashion-mnist",
            "--eval-data=fashion-mnist",
            "--max-images=500",
            "--image-size=14",
            "--gray");
    assertTrue(pixels.number("k-NN: top-1") > 50, pixels.out() + pixels.error());

    Ran probed =
        Ran.command(
            new ProbeCommand(),
            "--quiet",
            "--weights=" + student,
            "--data=fashion-mnist",
            "--eval-data=fashion-mnist",
            "--epochs=4",
            "--batch=500",
            "--warmup=0",
            "--lr=300",
            "--out=" + folder.resolve("probe"));
    assertEquals(0, probed.status(), probed.error());
    assertTrue(probed.number("Best: top-1") > 20, probed.out());
    Ran probe =
        Ran.command(
            new EvalCommand(), "--weights=" + folder.resolve("probe"), "--data=fashion-mnist");
    assertEquals(probed.number("Best: top-1"), probe.number("top-1"), probe.out());

    Ran tuned =
        finetune(
            folder.resolve("tuned"),
            "--weights=" + student,
            "--augment=rand-m5-inc1",
            "--erase-prob=0.5",
            "--mixup=0.8",
            "--cutmix=1");
    assertTrue(tuned.number("Best: top-1") > 10, tuned.out() + tuned.error());
    assertTrue(tuned.out().contains("matched"), tuned.out() + tuned.error());
  }

  @Test
  @Tag("slow")
  void aStoppedAndResumedRunHasTheSameBits(@TempDir Path folder) {
    Path teacher = folder.resolve("teacher");
    finetune(teacher);
    Path straight = folder.resolve("straight");
    assertEquals(0, pretrain(teacher, straight, "--epochs=2", "--accumulate=3").status());
    Path again = folder.resolve("again");
    assertEquals(0, pretrain(teacher, again, "--epochs=2", "--accumulate=3").status());

    Ran mixed = pretrain(teacher, again, "--epochs=2", "--resume", "--flip=0.25", "--accumulate=1");
    assertEquals(2, mixed.status());
    assertTrue(mixed.error().contains("--flip is 0.25, was 0.5"), mixed.error());
    assertTrue(mixed.error().contains("accumulate is 1, was 3"), mixed.error());
    Ran over = pretrain(teacher, again, "--epochs=2");
    assertTrue(over.error().contains("contains checkpoints of an earlier run"), over.error());
    Ran done = pretrain(teacher, again, "--epochs=2", "--accumulate=3", "--resume");
    assertEquals(0, done.status(), done.error());
    String complete =
        "Resumed after step 13: the run is complete, its weights are "
            + again.resolve("student.safetensors");
    assertTrue(done.out().contains(complete), done.out());
    try (SafeTensorsFile a = SafeTensorsFile.open(straight.resolve("student.safetensors"));
        SafeTensorsFile b = SafeTensorsFile.open(again.resolve("student.safetensors"))) {
      a.names().forEach(name -> assertArrayEquals(a.floats(name), b.floats(name), name));
      assertFalse(a.names().isEmpty());
    }
  }

  /** Gray and color, wide and high, a class a folder; and without labels for pre-training. */
  private static void writePictures(Path folder, int count) throws IOException {
    Philox random = Philox.of(1);
    for (int i = 0; i < count; i++) {
      boolean gray = i % 5 == 0;
      int kind = gray ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
      BufferedImage image = new BufferedImage(20 + i % 7, 30 - i % 11, kind);
      for (int y = 0; y < image.getHeight(); y++) {
        for (int x = 0; x < image.getWidth(); x++) {
          int noise = random.bits(i * 1000L + y * 31 + x) & 0x3F3F3F;
          image.setRGB(x, y, i % 2 == 0 ? noise : noise | 0x800000);
        }
      }
      Path place = folder.resolve(i % 2 == 0 ? "dark" : "red").resolve(i + ".png");
      Files.createDirectories(place.getParent());
      ImageIO.write(image, "png", place.toFile());
    }
  }

  @Test
  void picturesOfAnySizeAndColor(@TempDir Path folder) throws IOException {
    Path pictures = folder.resolve("pictures");
    writePictures(pictures, 24);
    Path teacher = folder.resolve("teacher");
    String[] common = {
      "--data=" + pictures,
      "--eval-data=" + pictures,
      "--model=16x2x2",
      "--image-size=16",
      "--patch-size=8",
      "--batch=8",
      "--lr=1e-3",
      "--quiet"
    };
    Ran trained =
        Ran.command(
            new FinetuneCommand(),
            with(List.of(common), "--mixup=0.8", "--epochs=5", "--out=" + teacher));
    assertEquals(0, trained.status(), trained.error());
    assertTrue(trained.out().contains("24 images in 2 classes"), trained.out());
    Ran taught =
        Ran.command(
            new PretrainCommand(),
            with(
                List.of(common),
                "--teacher=" + teacher,
                "--levels=top1",
                "--mask-ratio=0.5",
                "--epochs=1",
                "--warmup=0",
                "--out=" + folder.resolve("student")));
    assertEquals(0, taught.status(), taught.error());
    Ran scored = Ran.command(new EvalCommand(), "--weights=" + teacher, "--data=" + pictures);
    assertTrue(scored.out().contains("on 24 images"), scored.out() + scored.error());
    Ran other = Ran.command(new EvalCommand(), "--weights=" + teacher, "--data=fashion-mnist");
    assertTrue(other.error().contains("which has the classes dark, red"), other.error());
  }

  @Test
  void whatCannotWorkIsRefusedWithTheReason(@TempDir Path folder) {
    Path out = folder.resolve("run");
    assertTrue(
        Ran.command(new PretrainCommand(), "--out=" + out)
            .error()
            .contains("missing --data: image folder or data set"));
    String weights =
        Ran.command(new PretrainCommand(), with(SHAPE, "--data=fashion-mnist", "--out=" + out))
            .error();
    assertTrue(weights.contains("--teacher-weights"), weights);
    String shape = finetune(out, "--model=giant").error();
    assertTrue(shape.contains("--model: unknown size 'giant'"), shape);
    String both = finetune(out, "--color-jitter=0.4", "--erase-prob=0").error();
    assertTrue(both.contains("--color-jitter requires --augment none"), both);
    String odd = finetune(out, "--mixup=0.8", "--batch=101").error();
    assertTrue(odd.contains("--batch 101: mixup and CutMix require an even"), odd);
    String none =
        Ran.command(new EvalCommand(), "--data=fashion-mnist", "--weights=" + out).error();
    assertTrue(none.contains(out.toString()), none);
    assertFalse(Files.exists(out));
  }

  @Test
  void settingsArePrintedAndNothingElseIsDone(@TempDir Path folder) {
    Ran printed = finetune(folder.resolve("run"), "--print-config");
    assertEquals(0, printed.status());
    assertTrue(printed.out().contains("batch: 500"), printed.out());
    assertFalse(Files.exists(folder.resolve("run")));
  }
}
