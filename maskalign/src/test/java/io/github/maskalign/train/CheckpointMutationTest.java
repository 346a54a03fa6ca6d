package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint with one mutated file is refused, or restores exactly what was saved. */
class CheckpointMutationTest extends FuzzContract {

  private static final String STEP = "step-5";

  private final List<String> names = new ArrayList<>();
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Map<String, float[]> saved = new LinkedHashMap<>();
  private TinyRun tiny;

  @TempDir private Path folder;

  @BeforeEach
  void save() throws IOException {
    tiny = new TinyRun("cpu", 1);
    RunFolder original = RunFolder.at(folder.resolve("saved"));
    try (StopSignal stop = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      TrainerConfig plan = tiny.plan(12, new TrainerConfig.Saving(0, 1));
      new Trainer("test", tiny.training, plan, original, (_, _) -> Metrics.scored(Map.of(), 7.5))
          .train(stop, true);
    }
    assertEquals(5, tiny.training.steps());
    for (String name :
        List.of(
            "DONE",
            "state.json",
            "run.json",
            "clock.json",
            "inputs.json",
            "student.safetensors",
            "optimizer.safetensors")) {
      names.add(name);
      files.put(name, Files.readAllBytes(original.checkpoints().resolve(STEP).resolve(name)));
    }
    saved.putAll(values());
  }

  @AfterEach
  void close() {
    tiny.close();
  }

  private Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>(tiny.values());
    for (Map.Entry<String, Tensor> moment :
        tiny.training.trainStep().optimizer().state().entrySet()) {
      values.put(moment.getKey(), moment.getValue().toFloats());
    }
    return values;
  }

  /** Each file after its number, which may be mutated too: then one takes the place of another. */
  @Override
  protected ByteMutator mutator() {
    List<byte[]> numbered = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      byte[] content = files.get(names.get(i));
      byte[] file = new byte[content.length + 1];
      file[0] = (byte) i;
      System.arraycopy(content, 0, file, 1, content.length);
      numbered.add(file);
    }
    return new ByteMutator(
        numbered,
        List.of(
            "null",
            "{}",
            "[]",
            "[[[[",
            "true",
            "\"NaN\"",
            "NaN",
            "-1",
            "9999999",
            "1e300",
            "1.5",
            "\"5\"",
            "5",
            " ",
            "\n",
            ",",
            "}",
            "step-4",
            "sha256",
            "\"bytes\":",
            "run.json",
            "\\u0000",
            "../"));
  }

  @Override
  protected void read(byte[] file, String name) throws IOException {
    if (file.length == 0) {
      throw new FormatException("empty " + name);
    }
    // The unchanged files stay in place, which is faster than to write them again.
    Path run = Files.move(folder.resolve("saved"), folder.resolve(name));
    Path checkpoint = run.resolve("checkpoints").resolve(STEP);
    String mutated = names.get((file[0] & 0xff) % names.size());
    try {
      Files.write(checkpoint.resolve(mutated), Arrays.copyOfRange(file, 1, file.length));
      beforeReading(checkpoint, mutated);
      Trainer trainer =
          new Trainer(
              "test",
              tiny.training,
              tiny.plan(12, new TrainerConfig.Saving(0, 1)),
              new RunFolder(run),
              (_, _) -> Metrics.none());
      assertEquals(5, trainer.resume());
      requireSaved(trainer);
    } finally {
      Files.write(checkpoint.resolve(mutated), files.get(mutated));
      Files.write(checkpoint.resolve("DONE"), files.get("DONE"));
      Files.move(run, folder.resolve("saved"));
    }
  }

  /** Changes nothing here. */
  void beforeReading(Path checkpoint, String mutated) throws IOException {}

  void requireSaved(Trainer resumed) {
    assertEquals(OptionalDouble.of(7.5), resumed.bestScore());
    Map<String, float[]> restored = values();
    saved.forEach((key, values) -> assertArrayEquals(values, restored.get(key), key));
  }
}
