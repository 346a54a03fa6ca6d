package io.github.maskalign.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path without weights is named with what it is and what to give instead. */
class RunPathsTest {

  @TempDir private Path folder;

  private static String refused(Path path) {
    String message = assertThrows(FormatException.class, () -> WeightFiles.open(path)).getMessage();
    assertTrue(message.startsWith(path + ": "), message);
    return message.substring(path.toString().length() + 2);
  }

  @Test
  void aMissingPathSendsToTheList() {
    Path path = folder.resolve("none");
    String message =
        assertThrows(UncheckedIOException.class, () -> WeightFiles.open(path))
            .getCause()
            .getMessage();
    assertEquals(path + ": no such file or folder; 'maskalign runs list' lists the runs", message);
    assertEquals(message, RunPaths.notARun(path, "log.jsonl"));
  }

  @Test
  void aRunWithoutACheckpointSaysSo() {
    RunFolder.at(folder);
    String message = refused(folder);
    assertTrue(message.startsWith("a run without weights: it has no checkpoint yet"), message);
  }

  @Test
  void theRecordsOfARunSendToItsFolder() throws IOException {
    RunFolder run = RunFolder.at(folder);
    Files.writeString(run.configFile(), "{\"command\": \"pretrain\"}");
    Files.writeString(run.log(), "{\"step\": 1}\n{\"step\": 2}\n");
    String instead = " of a run, not its weights; give the folder of the run, " + folder;
    assertEquals("the settings" + instead, refused(run.configFile()));
    assertEquals("a record" + instead, refused(run.log()));
  }

  @Test
  void jsonElsewhereIsNoIndex() throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "{\"hidden_size\": 8}");
    assertTrue(refused(file).startsWith("JSON without a weight_map, so no index of shards; give "));
  }

  @Test
  void aFolderOfRunsNamesSome() {
    for (String name : new String[] {"b", "a"}) {
      RunFolder.at(folder.resolve(name));
    }
    String runs = folder.resolve("a") + ", " + folder.resolve("b");
    String message = "a folder that contains runs; give one of them, such as " + runs;
    assertEquals(message, refused(folder));
    assertEquals(folder + ": " + message, RunPaths.notARun(folder, "log.jsonl"));
  }

  @Test
  void anyOtherFolderIsNotARun() {
    assertTrue(refused(folder).startsWith("no weights in this folder; expected one of "));
    assertEquals(
        folder
            + " is not the folder of a run: there is no log.jsonl in it; 'maskalign runs list'"
            + " lists the runs",
        RunPaths.notARun(folder, "log.jsonl"));
  }
}
