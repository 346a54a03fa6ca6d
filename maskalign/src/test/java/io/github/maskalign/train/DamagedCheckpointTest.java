package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint that was damaged or edited is named, and the one before it is used. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedCheckpointTest {

  private TinyRun tiny;
  private Path trained;
  private Path folder;

  /** What somebody does to a checkpoint, of which there is an older one. */
  @FunctionalInterface
  private interface Damage {
    void to(Path checkpoint, Path older) throws IOException;
  }

  private record Case(String name, String reason, Damage damage) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Damage done(String content) {
    return (checkpoint, _) -> Files.writeString(checkpoint.resolve("DONE"), content);
  }

  /** The file of the older checkpoint. */
  private static Damage older(String name) {
    return (checkpoint, older) ->
        Files.write(checkpoint.resolve(name), Files.readAllBytes(older.resolve(name)));
  }

  /** An edit of a file whose checksum is made to match. */
  private static Damage sealed(String name, String from, String to) {
    return sealed(
        name,
        (checkpoint, _) -> {
          String text = Files.readString(checkpoint.resolve(name));
          Files.writeString(checkpoint.resolve(name), text.replaceAll(from, to));
        });
  }

  private static Damage sealed(String name, Damage damage) {
    return (checkpoint, older) -> {
      damage.to(checkpoint, older);
      new ResealedCheckpointTest().beforeReading(checkpoint, name);
    };
  }

  static Stream<Case> cases() {
    String changed = " has changed: its SHA-256 is not that in DONE";
    return Stream.of(
        new Case("older weights", "student.safetensors" + changed, older("student.safetensors")),
        new Case(
            "older weights with their checksum",
            "student.safetensors is of step 4",
            sealed("student.safetensors", older("student.safetensors"))),
        new Case(
            "older moments with their checksum",
            "optimizer.safetensors is of step 4",
            sealed("optimizer.safetensors", older("optimizer.safetensors"))),
        new Case(
            "older state", "state.json is of step 4", sealed("state.json", older("state.json"))),
        new Case("older score", "run.json is of step 4", sealed("run.json", older("run.json"))),
        new Case("older list", "DONE is of step 4", older("DONE")),
        new Case("list is null", "DONE: not a JSON object", done("null")),
        new Case("no files", "DONE does not list ", done("{\"files\":{}}")),
        new Case("files are null", "a file has no size", done("{\"files\":null}")),
        new Case("a size is null", "a file has no size", done("{\"files\":{\"run.json\":null}}")),
        new Case("a file is not listed", "does not list", done("{\"files\":{\"run.json\":26}}")),
        new Case("no name", "does not list", done("{\"files\":{\"\\u0000\":1}}")),
        new Case("deep", "DONE: too large for a file of a run: ", done("[".repeat(100_000))),
        new Case(
            "another format", "its format is 3", done("{\"format\":3,\"step\":5,\"files\":{}}")),
        new Case("no list", "DONE", (checkpoint, _) -> Files.delete(checkpoint.resolve("DONE"))),
        new Case(
            "the list is a folder",
            "DONE",
            (checkpoint, _) -> {
              Files.delete(checkpoint.resolve("DONE"));
              Files.createDirectory(checkpoint.resolve("DONE"));
            }),
        new Case(
            "a file is missing",
            "optimizer.safetensors is missing",
            (checkpoint, _) -> Files.delete(checkpoint.resolve("optimizer.safetensors"))),
        new Case(
            "a file is cut",
            "student.safetensors has 10 bytes",
            (checkpoint, _) ->
                Files.write(checkpoint.resolve("student.safetensors"), new byte[10])),
        new Case(
            "steps beyond the run",
            "state.json is of step 9999999",
            sealed("state.json", "\"step\" : 5", "\"step\" : 9999999")),
        new Case(
            "negative steps", "updates of", sealed("state.json", "\"step\" : 5", "\"step\" : -5")),
        new Case("a step as text", "String", sealed("state.json", " 5,", " \"5\",")),
        new Case("a fraction", "5.5", sealed("state.json", " 5,", " 5.5,")),
        new Case("updates are null", "state.json", sealed("state.json", "(?s)\\{[^{]*}", "null")),
        new Case("no updates", "does not name", sealed("state.json", "(?s)\\{[^{}]*}", "{}")),
        new Case("an update is null", "null updates", sealed("state.json", " 5\n", " null\n")),
        new Case("updates twice", "uplicate", sealed("state.json", "bias\"", "weight\"")),
        new Case("score is text", "run.json", sealed("run.json", "2.0", "[]")),
        new Case("time is negative", "clock.json", sealed("clock.json", ": ", ": -")),
        new Case("time is endless", "clock.json", sealed("clock.json", ": .*", ": 1e999")));
  }

  @BeforeAll
  void train(@TempDir Path parent) {
    trained = parent.resolve("run");
    folder = trained;
    tiny = new TinyRun("cpu", 1);
    try (StopSignal stop = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      assertTrue(trainer().train(stop, true));
    }
  }

  @AfterAll
  void close() {
    tiny.close();
  }

  @BeforeEach
  void copy(@TempDir Path place) throws IOException {
    folder = place.resolve("run");
    try (Stream<Path> files = Files.walk(trained)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(trained.relativize(file)));
      }
    }
  }

  private Trainer trainer() {
    return new Trainer(
        "test",
        tiny.training,
        tiny.plan(12, new TrainerConfig.Saving(1, 2)),
        RunFolder.at(folder),
        (epochs, _) -> Metrics.scored(Map.of(), epochs));
  }

  private Path checkpoint(int step) {
    return new RunFolder(folder).checkpoints().resolve("step-" + step);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theOneBeforeItIsUsed(Case given) throws IOException {
    given.damage.to(checkpoint(5), checkpoint(4));
    List<String> notes = new ArrayList<>();
    assertEquals(4, trainer().resume(notes::add));
    assertEquals(1, notes.size(), notes.toString());
    String note = notes.getFirst();
    assertTrue(note.startsWith("Not used: checkpoint 5: "), note);
    assertTrue(note.contains(given.reason), note);
    assertFalse(note.contains("Cannot construct"), note);
    assertEquals(1, note.lines().count(), note);
  }

  @ParameterizedTest
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Timeout(60)
  @ValueSource(strings = {"DONE", "clock.json", "optimizer.safetensors"})
  void doesNotWaitForPipes(String name) throws Exception {
    Path file = checkpoint(5).resolve(name);
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    theOneBeforeItIsUsed(new Case(name, name + ": is a named pipe, not a file", (_, _) -> {}));
  }

  @Test
  void theRunGoesOnAndReplacesIt() throws IOException {
    Files.write(checkpoint(5).resolve("student.safetensors"), new byte[10]);
    try (StopSignal stop = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      Trainer resumed = trainer();
      assertEquals(4, resumed.resume());
      assertTrue(resumed.train(stop, true));
    }
    Checkpoint again =
        new CheckpointStore(new RunFolder(folder).checkpoints(), 1).latest().orElseThrow();
    assertEquals(5, again.step());
    assertTrue(Files.exists(checkpoint(5).resolveSibling("step-5.rejected")));
    assertArrayEquals(
        Files.readAllBytes(trained.resolve("checkpoints/step-5/student.safetensors")),
        Files.readAllBytes(again.file("student.safetensors")));
  }

  @Test
  void aDamagedOneTakesNoPlaceOfThoseThatAreKept() throws IOException {
    Path weights = checkpoint(5).resolve("student.safetensors");
    byte[] content = Files.readAllBytes(weights);
    content[content.length - 1] ^= 1;
    Files.write(weights, content);
    AtomicReference<IntConsumer> signal = new AtomicReference<>();
    StopSignal.Signals signals =
        (_, handler) -> {
          signal.set(handler);
          return () -> {};
        };
    try (StopSignal stop = StopSignal.install(signals, _ -> {}, () -> {})) {
      Trainer resumed = trainer();
      assertEquals(4, resumed.resume());
      signal.get().accept(15);
      resumed.train(stop, true);
    }
    List<Checkpoint> left = new CheckpointStore(new RunFolder(folder).checkpoints(), 2).all();
    assertEquals(List.of(4L), left.stream().map(Checkpoint::step).toList());
    left.forEach(Checkpoint::verify);
  }

  @Test
  void withoutAnyThatCanBeUsedAllReasonsAreGiven() throws IOException {
    for (int step : new int[] {4, 5}) {
      Files.write(checkpoint(step).resolve("student.safetensors"), new byte[10]);
    }
    String message = assertThrows(FormatException.class, trainer()::resume).getMessage();
    assertTrue(message.contains("has no checkpoint that can be used: checkpoint 5: "), message);
    assertTrue(message.contains("; checkpoint 4: "), message);
  }
}
