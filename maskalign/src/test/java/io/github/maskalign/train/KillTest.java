package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training that is killed again and again, with no chance to do anything about it, ends with the
 * bits of training that was not. Most of its time goes into saving, so that many kills hit that.
 */
@DisabledOnOs(OS.WINDOWS)
class KillTest {

  private static final int KILLS = 50;
  private static final int LONGEST_MILLIS = 700;

  /** Trains in a folder, going on from its newest checkpoint if there is one. */
  static final class Child {
    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      try (TinyRun tiny = new TinyRun("reference", 1);
          StopSignal never = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
        Trainer run = run(tiny, folder);
        if (newest(folder) >= 0) {
          run.resume();
        }
        System.out.println("ready");
        run.train(never, true);
      }
    }
  }

  /** Two batches an update, of five in an epoch: epochs end in the middle of one. */
  private static Trainer run(TinyRun tiny, Path folder) {
    TrainerConfig plan = tiny.plan(2, new TrainerConfig.Saving(1, 2));
    return new Trainer("test", tiny.training, plan, RunFolder.at(folder), (_, _) -> measured(tiny));
  }

  private static Metrics measured(TinyRun tiny) {
    double score = tiny.values().get("distill_weights")[1];
    return Metrics.scored(Map.of("score", score), score);
  }

  private static CheckpointStore checkpoints(Path folder) {
    return new CheckpointStore(new RunFolder(folder).checkpoints(), 2);
  }

  private static long newest(Path folder) {
    return checkpoints(folder).latest().map(Checkpoint::step).orElse(-1L);
  }

  private static Process start(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Waits for the moment to kill a child. */
  @FunctionalInterface
  private interface Moment {
    void await(Process child) throws Exception;
  }

  /**
   * Every other kill waits for a checkpoint to be begun, so that the share of kills while saving
   * does not depend on the speed of the machine.
   */
  private static Moment moment(Path folder, Philox random, int kill) {
    int draw = random.bits(kill) & Integer.MAX_VALUE;
    if (kill % 2 == 0) {
      return child -> child.waitFor(draw % LONGEST_MILLIS, TimeUnit.MILLISECONDS);
    }
    long step = newest(folder) + 1 + draw % 3;
    return child -> {
      while (child.isAlive() && draft(folder) < step) {
        Thread.sleep(0, 100_000);
      }
    };
  }

  /** Whether it was killed before it was done. */
  private static boolean killed(Path folder, Moment moment) throws Exception {
    Process child = start(folder);
    try (BufferedReader said = new BufferedReader(new InputStreamReader(child.getInputStream()))) {
      assertEquals("ready", said.readLine());
      moment.await(child);
      child.destroyForcibly();
      assertTrue(child.waitFor(20, TimeUnit.SECONDS));
      return child.exitValue() != 0;
    } finally {
      child.destroyForcibly();
    }
  }

  /** The step of a checkpoint that was begun and not finished; -1 if there is none. */
  private static long draft(Path folder) throws IOException {
    Path checkpoints = new RunFolder(folder).checkpoints();
    if (!Files.exists(checkpoints)) {
      return -1;
    }
    try (Stream<Path> names = Files.list(checkpoints)) {
      return names
          .map(name -> name.getFileName().toString())
          .filter(name -> name.endsWith(".draft"))
          .mapToLong(name -> Long.parseLong(name.replaceAll("\\D", "")))
          .findFirst()
          .orElse(-1);
    }
  }

  @Test
  @Tag("slow")
  void everyResumeEndsWithTheBitsOfAnUninterruptedRun(@TempDir Path temp) throws Exception {
    Path straight = temp.resolve("straight");
    try (TinyRun tiny = new TinyRun("reference", 1);
        StopSignal never = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      assertTrue(run(tiny, straight).train(never, true));
    }
    Philox random = Philox.of(5).stream("kill");
    int kills = 0;
    int whileSaving = 0;
    for (int completed = 0; kills < KILLS; completed++) {
      Path folder = temp.resolve("run" + completed);
      long before = -1;
      while (killed(folder, moment(folder, random, kills))) {
        kills++;
        whileSaving += draft(folder) >= 0 ? 1 : 0;
        long after = newest(folder);
        assertTrue(after >= before, "checkpoint " + before + " is lost, found " + after);
        before = after;
      }
      assertSame(straight, folder);
    }
    assertTrue(whileSaving >= KILLS / 5, "only " + whileSaving + " kills came while saving");
  }

  private static void assertSame(Path straight, Path killed) throws IOException {
    assertEquals(newest(straight), newest(killed));
    assertSameFiles(checkpoints(straight), checkpoints(killed));
    assertSameFiles(
        new CheckpointStore(new RunFolder(straight).best(), 1),
        new CheckpointStore(new RunFolder(killed).best(), 1));
    assertEquals(lines(straight), lines(killed));
  }

  private static void assertSameFiles(CheckpointStore expected, CheckpointStore found)
      throws IOException {
    Checkpoint a = expected.latest().orElseThrow();
    Checkpoint b = found.latest().orElseThrow();
    assertEquals(a.step(), b.step());
    for (String name :
        List.of("student.safetensors", "optimizer.safetensors", "state.json", "run.json")) {
      assertArrayEquals(Files.readAllBytes(a.file(name)), Files.readAllBytes(b.file(name)), name);
    }
  }

  /** The log without values that depend on the clock. */
  private static List<String> lines(Path folder) throws IOException {
    return Files.readAllLines(new RunFolder(folder).log()).stream()
        .map(line -> line.replaceAll("\"(images_per_s|train_s|waited_s)\":[^,}]*", ""))
        .toList();
  }
}
