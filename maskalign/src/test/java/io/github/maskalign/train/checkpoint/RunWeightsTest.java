package io.github.maskalign.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunWeightsTest {
  private static final String NAME = "student.safetensors";

  @TempDir private Path folder;
  private RunFolder run;

  @BeforeEach
  void startRun() {
    run = RunFolder.at(folder);
  }

  private static Path save(Path place, long step) {
    return new CheckpointStore(place, 9)
        .save(
            step,
            files ->
                files.file(
                    NAME,
                    path ->
                        new SafeTensorsWriter()
                            .add("w", Shape.of(1), new float[] {step})
                            .write(path)))
        .file(NAME);
  }

  /** The first number is the step. */
  private String location() {
    try (WeightFile open = WeightFiles.open(folder)) {
      return open.location(folder);
    }
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 0x40;
    Files.write(file, bytes);
  }

  @Test
  void theBestCheckpointElseTheNewestOneIsUsed() throws IOException {
    assertThrows(FormatException.class, this::location);
    save(run.checkpoints(), 9);
    Path newest = save(run.checkpoints(), 100);
    assertEquals(newest + " (the run has not ended; its newest checkpoint, step 100)", location());
    Files.delete(newest.resolveSibling(Manifest.FILE));
    assertTrue(location().contains("its newest checkpoint, step 9;"), location());
    Path best = save(run.best(), 27);
    assertEquals(best + " (the run has not ended; its best checkpoint, step 27)", location());
    Files.copy(best, folder.resolve(NAME));
    assertEquals(folder.toString(), location());
  }

  @Test
  void aChangedCheckpointIsNamedAndNotUsed() throws IOException {
    Path old = save(run.checkpoints(), 9);
    Path best = save(run.best(), 27);
    flip(best);
    String location = location();
    assertTrue(location.startsWith(old.toString()), location);
    assertTrue(location.contains("not used: " + best + " has changed"), location);
    flip(old);
    String message = assertThrows(FormatException.class, this::location).getMessage();
    assertTrue(message.contains(best + " has changed"), message);
    assertTrue(message.contains(old + " has changed"), message);
  }
}
