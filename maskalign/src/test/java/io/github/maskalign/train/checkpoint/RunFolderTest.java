package io.github.maskalign.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.train.log.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  record Config(long seed, String mask) {}

  @Test
  void namesCarryTheTimeAndNeverMeet(@TempDir Path parent) {
    Path runs = parent.resolve("runs");
    LocalDateTime now = LocalDateTime.of(2026, 3, 4, 5, 6, 7);
    assertEquals(runs.resolve("tiny-20260304-050607"), RunFolder.create(runs, "tiny", now).path());
    assertEquals(
        runs.resolve("tiny-20260304-050607-2"), RunFolder.create(runs, "tiny", now).path());
  }

  @Test
  void aNewAnEmptyAndAFormerFolderAreTaken(@TempDir Path parent) throws IOException {
    Path empty = Files.createDirectory(parent.resolve("empty"));
    for (Path path : new Path[] {parent.resolve("deep/new"), empty}) {
      RunFolder folder = RunFolder.at(path);
      folder.saveConfig(new Config(7, "random"));
      RunLog.open(folder.log(), 0).close();

      assertEquals(folder, RunFolder.at(path));
      assertEquals(new Config(7, "random"), RunFolder.at(path).config(Config.class));
      assertTrue(folder.weights().startsWith(path));
      assertTrue(folder.checkpoints().startsWith(path));
    }
  }

  @Test
  void foreignFoldersAndFilesAreRefused(@TempDir Path parent) throws IOException {
    Path foreign = Files.createDirectory(parent.resolve("thesis"));
    Path file = Files.writeString(foreign.resolve("chapter.txt"), "text");
    for (Path path : new Path[] {foreign, file}) {
      String message = assertThrows(ArgumentException.class, () -> RunFolder.at(path)).getMessage();
      assertTrue(message.startsWith(path.toString()), message);
    }
    try (var content = Files.list(foreign)) {
      assertEquals(1, content.count());
    }
  }

  @Test
  void scoresAreReadBackOrRefused(@TempDir Path parent) throws IOException {
    RunFolder folder = RunFolder.at(parent.resolve("run"));
    assertEquals(List.of(), folder.scores());
    List<FeatureScore> scores =
        List.of(new FeatureScore("teacher", 85.5, 80.25), new FeatureScore("b", Double.NaN, null));
    folder.saveScores(scores);
    assertEquals(scores, folder.scores());
    for (String damaged :
        new String[] {
          "{}",
          "[null]",
          "[{}]",
          "[{\"features\":null,\"knn\":1,\"probe\":null}]",
          "[{\"features\":\"a\",\"knn\":\"1\",\"probe\":null}]"
        }) {
      Files.writeString(folder.scoresFile(), damaged);
      String message = assertThrows(FormatException.class, folder::scores).getMessage();
      assertTrue(message.startsWith(folder.scoresFile() + ": "), message);
    }
  }
}
