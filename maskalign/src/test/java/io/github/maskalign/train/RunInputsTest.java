package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.Targets;
import io.github.maskalign.TeacherId;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetIdentity;
import io.github.maskalign.data.MatchChannels;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that resumes compares its data and its machine with those of the checkpoint. */
class RunInputsTest {

  @TempDir private Path folder;
  private Path pictures;

  @BeforeEach
  void writePictures() throws IOException {
    pictures = folder.resolve("pictures");
    for (int i = 0; i < TinyRun.PICTURES; i++) {
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
      image.setRGB(i % 8, i / 8, 0xFFFFFF);
      Path place = pictures.resolve(i % 2 == 0 ? "apple" : "pear").resolve(i + ".png");
      Files.createDirectories(place.getParent());
      ImageIO.write(image, "png", place.toFile());
    }
  }

  private Trainer trainer(TinyRun tiny, Dataset images, Metrics.Evaluator evaluator) {
    TrainerConfig plan = tiny.plan(12, new TrainerConfig.Saving(1, 2));
    Augmentation crops = TinyRun.augmentation(1);
    return new Trainer(
        "test",
        tiny.training,
        new TrainerConfig(
                images,
                new Augmentation(new MatchChannels(crops.transform()), crops.seed(), 1),
                plan.batches(),
                plan.epochs(),
                plan.accumulate(),
                plan.logging(),
                plan.saving())
            .withEvaluation(List.of(images)),
        RunFolder.at(folder.resolve("run")),
        evaluator);
  }

  private void train(Dataset images) {
    try (TinyRun tiny = new TinyRun("cpu", 1);
        StopSignal never = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      trainer(tiny, images, (_, _) -> Metrics.none()).train(never, true);
    }
  }

  private List<String> resume(String backend, Dataset images) {
    List<String> notes = new ArrayList<>();
    try (TinyRun tiny = new TinyRun(backend, 1)) {
      assertEquals(5, trainer(tiny, images, (_, _) -> Metrics.none()).resume(notes::add));
    }
    return notes;
  }

  private String refusal() {
    return assertThrows(ArgumentException.class, () -> resume("cpu", DataSets.open(pictures)))
        .getMessage();
  }

  @Test
  void otherDataAreRefused() throws IOException {
    train(DataSets.open(pictures));
    assertEquals(List.of(), resume("cpu", DataSets.open(pictures)));

    Path more = Files.copy(pictures.resolve("apple/0.png"), pictures.resolve("apple/00.png"));
    assertTrue(refusal().contains("40 images, now 41"), refusal());
    Files.delete(more);

    Files.move(pictures.resolve("apple"), pictures.resolve("zebra"));
    assertTrue(refusal().contains("classes [apple, pear], now [pear, zebra]"), refusal());
    assertTrue(refusal().endsWith("start a new run with another --out"), refusal());
    Files.move(pictures.resolve("zebra"), pictures.resolve("apple"));

    byte[] content = Files.readAllBytes(pictures.resolve("apple/0.png"));
    Files.write(pictures.resolve("apple/0.png"), new byte[1]);
    assertTrue(refusal().contains("other names, sizes or labels of its 40 images"), refusal());
    Files.write(pictures.resolve("apple/0.png"), content);

    // A copy has other times.
    Files.setLastModifiedTime(pictures.resolve("apple/0.png"), FileTime.fromMillis(0));
    assertEquals(List.of(), resume("cpu", DataSets.open(pictures)));
  }

  @Test
  void anotherTeacherIsRefused() {
    train(TinyRun.pictures());
    TinyRun.Wrapper replaced =
        (_, direct) ->
            new TargetSource() {
              @Override
              public TeacherId teacherId() {
                return new TeacherId(direct.teacherId().name(), "1", "none");
              }

              @Override
              public Targets targets(Ops ops, Batch batch, Tensor images) {
                return direct.targets(ops, batch, images);
              }
            };
    try (TinyRun tiny = new TinyRun("cpu", 1, Augmentation.UNLIMITED, replaced)) {
      Trainer trainer = trainer(tiny, TinyRun.pictures(), (_, _) -> Metrics.none());
      String message =
          assertThrows(ArgumentException.class, () -> trainer.resume(_ -> {})).getMessage();
      assertTrue(message.startsWith("the teacher random is not that of "), message);
      assertTrue(message.contains("the SHA-256 of its weights was 0, is 1"), message);
    }
  }

  @Test
  void otherKernelsAreSaid() {
    train(TinyRun.pictures());
    List<String> notes = resume("plain", TinyRun.pictures());
    assertEquals(1, notes.size(), notes.toString());
    String note = notes.getFirst();
    assertTrue(note.startsWith("The bits will differ from those of an uninterrupted run"), note);
    assertTrue(note.contains("backend was cpu (Vector API, "), note);
    assertTrue(note.contains("-bit vectors, revision 2), is plain (plain Java"), note);
    assertFalse(note.contains("thread"), note);
  }

  @Test
  void otherEvaluationDataStartTheBestScoreAnew() {
    try (TinyRun tiny = new TinyRun("cpu", 1);
        StopSignal never = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      TrainerConfig plan = tiny.plan(12, new TrainerConfig.Saving(1, 2));
      MemoryDataset images = TinyRun.pictures();
      RunFolder out = RunFolder.at(folder.resolve("run"));
      Metrics.Evaluator evaluator = (epochs, _) -> Metrics.scored(Map.of(), epochs);
      new Trainer("test", tiny.training, plan.withEvaluation(List.of(images)), out, evaluator)
          .train(never, true);
      for (int samples : new int[] {20, TinyRun.PICTURES}) {
        List<String> notes = new ArrayList<>();
        Trainer resumed =
            new Trainer(
                "test",
                tiny.training,
                plan.withEvaluation(List.of(images.subset(0, samples))),
                out,
                evaluator);
        resumed.resume(notes::add);
        boolean same = samples == TinyRun.PICTURES;
        assertEquals(same ? OptionalDouble.of(12) : OptionalDouble.empty(), resumed.bestScore());
        assertEquals(
            same
                ? List.of()
                : List.of("The evaluation data have changed: the best checkpoint is chosen anew"),
            notes);
      }
    }
  }

  @Test
  void dataThatChangeDuringARunAreNoticedAtTheEndOfTheEpoch() {
    Dataset images = DataSets.open(pictures);
    try (TinyRun tiny = new TinyRun("cpu", 1);
        StopSignal never = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      Trainer trainer =
          trainer(
              tiny,
              images,
              (epochs, _) -> {
                if (epochs == 7) {
                  replace(pictures.resolve("pear/1.png"));
                }
                return Metrics.none();
              });
      String message =
          assertThrows(ArgumentException.class, () -> trainer.train(never, true)).getMessage();
      assertTrue(message.contains("have changed during the run, noticed after epoch"), message);
      String changed = "40 images (1 file changed: " + pictures.resolve("pear/1.png") + "); this";
      assertTrue(message.contains(changed), message);
      Checkpoint latest =
          new CheckpointStore(RunFolder.at(folder.resolve("run")).checkpoints(), 2)
              .latest()
              .orElseThrow();
      assertTrue(latest.step() < tiny.training.steps(), latest.toString());
    }
  }

  private static void replace(Path file) {
    try {
      BufferedImage image = new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB);
      ImageIO.write(image, "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theStateOfAFileChangesWithItsSizeAndWhenItIsGone() throws IOException {
    Dataset all = DataSets.open(pictures);
    long[] before = all.fileStates();
    assertEquals(TinyRun.PICTURES, before.length);
    replace(pictures.resolve("apple/0.png"));
    Files.delete(pictures.resolve("pear/1.png"));
    Files.setLastModifiedTime(pictures.resolve("apple/2.png"), FileTime.fromMillis(0));
    long[] now = all.fileStates();
    List<String> changed =
        IntStream.range(0, before.length)
            .filter(i -> before[i] != now[i])
            .mapToObj(all::name)
            .toList();
    assertEquals(
        Stream.of("apple/0.png", "pear/1.png").map(pictures::resolve).map(Path::toString).toList(),
        changed);
    assertArrayEquals(
        Arrays.copyOfRange(now, 10, 20), DataSets.open(pictures).subset(10, 20).fileStates());
    assertEquals(0, TinyRun.pictures().fileStates().length);
  }

  @Test
  void theIdentityOfAViewIsThatOfItsSamples() {
    Dataset all = DataSets.open(pictures);
    DatasetIdentity some = DatasetIdentity.of(all.subset(0, 10));
    assertEquals(some, DatasetIdentity.of(DataSets.open(pictures).subset(0, 10)));
    assertNotEquals(some, DatasetIdentity.of(all.subset(1, 11)));
  }
}
