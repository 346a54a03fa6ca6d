package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A folder that a run may not write to is refused before its data are opened. */
class ClaimedFolderTest {

  @TempDir private Path folder;

  static Stream<Command> commands() {
    return Stream.of(new PretrainCommand(), new FinetuneCommand(), new ProbeCommand());
  }

  private String refusal(Command command, Path out) {
    Ran ran =
        Ran.command(
            command, "--data=" + folder.resolve("no-such-folder"), "--quiet", "--out=" + out);
    assertEquals(2, ran.status());
    return ran.error();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void ofAnotherWriter(Command command) {
    Path out = folder.resolve("out");
    try (WriterLock _ = RunFolder.at(out).lock()) {
      String message = refusal(command, out);
      assertTrue(message.startsWith(out + " is in use by process "), message);
    }
    assertFalse(refusal(command, out).contains("in use"), "the lock is released");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void withCheckpoints(Command command) {
    RunFolder run = RunFolder.at(folder.resolve("out"));
    new CheckpointStore(run.checkpoints(), 1)
        .save(1, writer -> writer.json("state.json", Map.of("step", 1)));
    String message = refusal(command, run.path());
    assertTrue(message.contains("contains checkpoints of an earlier run"), message);
  }
}
