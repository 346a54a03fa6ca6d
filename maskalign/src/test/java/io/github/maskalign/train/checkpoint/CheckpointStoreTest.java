package io.github.maskalign.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {

  record State(long step, double loss, List<Integer> ids) {}

  /** Does not wait for the disk, which on a busy machine takes most of a test's time. */
  private static class HastyDisk extends Disk {

    @Override
    void forceFile(Path path) throws IOException {}

    @Override
    void forceFolder(Path path) throws IOException {}
  }

  private static CheckpointStore hasty(Path folder) {
    return new CheckpointStore(folder, 1, new HastyDisk());
  }

  /** Fails at its n-th operation, once or, as when the power goes, for ever. */
  private static final class FaultyDisk extends HastyDisk {

    private final int failAt;
    private final boolean forEver;
    private int operations;

    FaultyDisk(int failAt, boolean forEver) {
      this.failAt = failAt;
      this.forEver = forEver;
    }

    boolean reached() {
      return operations > failAt;
    }

    private boolean fails() {
      int operation = operations++;
      return operation == failAt || (forEver && operation > failAt);
    }

    private void step(String what) throws IOException {
      if (fails()) {
        throw new IOException("fault: " + what);
      }
    }

    @Override
    void createFolder(Path path) throws IOException {
      step("createFolder");
      super.createFolder(path);
    }

    @Override
    void write(Path file, byte[] content) throws IOException {
      if (fails()) {
        // A full disk takes a part.
        super.write(file, Arrays.copyOf(content, content.length / 2));
        throw new IOException("fault: write");
      }
      super.write(file, content);
    }

    @Override
    void forceFile(Path path) throws IOException {
      step("forceFile");
      super.forceFile(path);
    }

    @Override
    void forceFolder(Path path) throws IOException {
      step("forceFolder");
      super.forceFolder(path);
    }

    @Override
    void move(Path from, Path to) throws IOException {
      step("move");
      super.move(from, to);
    }

    @Override
    void delete(Path path) throws IOException {
      step("delete");
      super.delete(path);
    }
  }

  private static Checkpoint save(CheckpointStore files, long step, double loss) {
    return files.save(
        step,
        draft -> {
          draft.file("weights.bin", path -> Files.writeString(path, "weights of loss " + loss));
          draft.json("state.json", new State(step, loss, List.of(1, 2)));
        });
  }

  /** Loads the newest checkpoint and checks that its files belong together. */
  private static State load(Path folder) throws IOException {
    Checkpoint latest = new CheckpointStore(folder, 1).latest().orElseThrow();
    State state = latest.json("state.json", State.class);
    assertEquals(latest.step(), state.step());
    assertEquals("weights of loss " + state.loss(), Files.readString(latest.file("weights.bin")));
    return state;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void keepsTheNewestAndLoadsThem(@TempDir Path folder) throws IOException {
    CheckpointStore files = new CheckpointStore(folder.resolve("checkpoints"), 2);
    assertTrue(files.latest().isEmpty());
    for (long step : new long[] {0, 9, 10, 200}) {
      Checkpoint saved = save(files, step, step / 3.0);
      assertEquals(saved, files.latest().orElseThrow());
    }
    assertEquals(new State(200, 200 / 3.0, List.of(1, 2)), load(folder.resolve("checkpoints")));
    assertEquals(List.of("step-10", "step-200"), names(folder.resolve("checkpoints")));
    assertEquals(
        List.of("DONE", "state.json", "weights.bin"), names(folder.resolve("checkpoints/step-10")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyFaultLeavesAWholeCheckpoint(boolean forEver, @TempDir Path parent) throws IOException {
    int faults = 0;
    for (int failAt = 0; ; failAt++) {
      Path folder = parent.resolve("fault-" + failAt);
      save(hasty(folder), 1, 1.0);
      FaultyDisk disk = new FaultyDisk(failAt, forEver);
      CheckpointStore files = new CheckpointStore(folder, 1, disk);
      boolean failed = false;
      try {
        save(files, 2, 0.5);
      } catch (UncheckedIOException e) {
        failed = true;
        assertTrue(e.getMessage().contains("step-2"), e.getMessage());
        assertTrue(e.getCause().getMessage().startsWith("fault: "), e.getCause().getMessage());
      }
      assertEquals(disk.reached(), failed);
      State state = load(folder);
      assertTrue(state.step() == 2 || (failed && state.step() == 1), state.toString());

      // The next process cleans up and continues.
      save(hasty(folder), 3, 0.25);
      assertEquals(3, load(folder).step());
      assertEquals(List.of("step-3"), names(folder));
      if (!failed) {
        break;
      }
      faults++;
    }
    // Two folders, two files, the marker, three forced names, a rename and a removal at the least.
    assertTrue(faults >= 12, "only " + faults + " operations were tried");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyFaultWhileReplacingLeavesTheOldOrTheNew(boolean forEver, @TempDir Path parent)
      throws IOException {
    boolean failed = true;
    for (int failAt = 0; failed; failAt++) {
      Path folder = parent.resolve("fault-" + failAt);
      save(hasty(folder), 7, 1.0);
      failed = false;
      try {
        save(new CheckpointStore(folder, 1, new FaultyDisk(failAt, forEver)), 7, 0.5);
      } catch (UncheckedIOException e) {
        failed = true;
      }
      double loss = load(folder).loss();
      assertTrue(loss == 0.5 || (failed && loss == 1.0), "loss " + loss);

      save(hasty(folder), 7, 0.25);
      assertEquals(0.25, load(folder).loss());
      assertEquals(List.of("step-7"), names(folder));
    }
  }

  /**
   * A power loss cannot be simulated, so the order of operations that prevents damage is checked.
   */
  @Test
  void allIsForcedToDiskBeforeTheRenameAndTheRenameAfterIt(@TempDir Path folder) {
    List<String> done = new ArrayList<>();
    Disk recording =
        new Disk() {
          @Override
          void forceFile(Path path) throws IOException {
            super.forceFile(path);
            done.add("file " + path.getFileName());
          }

          @Override
          void forceFolder(Path path) throws IOException {
            super.forceFolder(path);
            done.add("folder " + folder.relativize(path));
          }

          @Override
          void move(Path from, Path to) throws IOException {
            super.move(from, to);
            done.add("move to " + to.getFileName());
          }
        };

    save(new CheckpointStore(folder, 1, recording), 4, 1.0);

    assertEquals(
        List.of(
            "file weights.bin",
            "file state.json",
            "file DONE",
            "folder .step-4.draft",
            "move to step-4",
            "folder "),
        done);
  }

  @Test
  void anErrorInTheContentLeavesNothingBehind(@TempDir Path folder) throws IOException {
    CheckpointStore files = new CheckpointStore(folder, 3);
    save(files, 1, 1.0);
    assertThrows(
        IllegalStateException.class,
        () ->
            files.save(
                2,
                draft -> {
                  draft.json("state.json", new State(2, 0, List.of()));
                  throw new IllegalStateException("diverged");
                }));
    assertEquals(List.of("step-1"), names(folder));
    assertEquals(1, load(folder).step());
  }

  @Test
  void damagedOnesAreNotLoaded(@TempDir Path folder) throws IOException {
    CheckpointStore files = new CheckpointStore(folder, 9);
    for (int step = 1; step <= 5; step++) {
      save(files, step, step);
    }
    Files.delete(folder.resolve("step-5/DONE"));
    Files.writeString(folder.resolve("step-4/weights.bin"), "short");
    Files.delete(folder.resolve("step-3/state.json"));
    Files.writeString(folder.resolve("step-2/DONE"), "{");
    Files.createDirectory(folder.resolve("step-x"));
    assertEquals(1, load(folder).step());
  }

  @Test
  void readingIsStrict(@TempDir Path folder) throws IOException {
    Checkpoint saved = save(new CheckpointStore(folder, 1), 1, Double.NaN);
    assertTrue(Double.isNaN(saved.json("state.json", State.class).loss()));
    Map<String, String> reasons =
        Map.of(
            "", "not a JSON object",
            "{}", "'step'",
            "{\"step\":1,\"loss\":2}", "'ids'",
            "{\"step\":1,\"loss\":null,\"ids\":[]}", "`null`",
            "{\"step\":1,\"loss\":2,\"ids\":[],\"more\":1}", "\"more\"",
            "{\"step\":1,\"loss\":2,\"ids\":[]} x", "not JSON: ");
    for (String damage : reasons.keySet()) {
      Files.writeString(saved.file("state.json"), damage);
      String message =
          assertThrows(FormatException.class, () -> saved.json("state.json", State.class))
              .getMessage();
      assertTrue(message.startsWith(saved.file("state.json") + ": "), message);
      assertTrue(message.contains(reasons.get(damage)), message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".hidden", "..", "a/b", "/etc/x", "DONE", "state.json"})
  void onlyPlainNewNamesAreTaken(String name, @TempDir Path folder) {
    CheckpointStore files = new CheckpointStore(folder, 1);
    assertThrows(
        ArgumentException.class,
        () ->
            files.save(
                1,
                draft -> {
                  draft.json("state.json", List.of());
                  draft.json(name, List.of());
                }));
    assertTrue(files.latest().isEmpty());
  }

  @Test
  void asksThatMakeNoSenseAreRefused(@TempDir Path folder) {
    assertThrows(ArgumentException.class, () -> new CheckpointStore(folder, 0));
    CheckpointStore files = new CheckpointStore(folder, 1);
    assertThrows(ArgumentException.class, () -> save(files, -1, 0));
    assertFalse(Files.exists(folder.resolve("step--1")));
  }

  @Test
  void aListThatCannotBeReadDoesNotPreventSaving(@TempDir Path folder) throws IOException {
    CheckpointStore checkpoints = new CheckpointStore(folder, 2, new HastyDisk());
    checkpoints.save(1, writer -> writer.json("state.json", new State(1, 0, List.of())));
    Path list = folder.resolve("step-1").resolve(Manifest.FILE);
    Files.delete(list);
    Files.createDirectory(list);
    checkpoints.save(2, writer -> writer.json("state.json", new State(2, 0, List.of())));
    assertEquals(2, checkpoints.latest().orElseThrow().step());
  }

  @Test
  void ofCheckpointsThatWereSetAsideTheLastOnesAreKept(@TempDir Path folder) throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 9, new HastyDisk());
    Files.createDirectories(folder.resolve("mine.rejected"));
    for (long step = 1; step <= 5; step++) {
      store.save(step, writer -> writer.json("state.json", new State(1, 0.5, List.of())));
    }
    List<Checkpoint> all = store.all();
    store.setAside(all.subList(0, 2));
    store.setAside(List.of());
    assertEquals(
        List.of(
            "mine.rejected", "step-1", "step-2", "step-3", "step-4.rejected", "step-5.rejected"),
        names(folder));
    store.setAside(all.subList(2, 3));
    assertEquals(List.of("mine.rejected", "step-1", "step-2", "step-3.rejected"), names(folder));
    assertEquals(2, store.latest().orElseThrow().step());
  }
}
