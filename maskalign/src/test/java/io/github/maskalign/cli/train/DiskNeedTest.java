package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.ByteSize;
import io.github.maskalign.tensor.error.ArgumentException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskNeedTest {

  @TempDir private Path folder;

  /** Folders that begin alike are on one disk, each with 10 GB free. */
  private static final DiskNeed.Disk DISKS =
      new DiskNeed.Disk() {
        @Override
        public Object store(Path place) {
          return String.valueOf(place.getFileName()).charAt(0);
        }

        @Override
        public long free(Path place) {
          return 10_000_000_000L;
        }
      };

  private DiskNeed.Part part(String name, double bytes) throws Exception {
    Path place = Files.createDirectories(folder.resolve(name));
    return new DiskNeed.Part(place, bytes, "the " + name, "--" + name);
  }

  @Test
  void whatIsOnOneDiskIsAddedUp() throws Exception {
    assertDoesNotThrow(
        () -> DiskNeed.require(List.of(part("run", 6e9), part("cache", 9e9)), DISKS));
    String message =
        assertThrows(
                ArgumentException.class,
                () -> DiskNeed.require(List.of(part("run", 6e9), part("rest", 5e9)), DISKS))
            .getMessage();
    assertEquals(
        "not enough disk space for "
            + folder.resolve("run")
            + ": the run takes about 11.0 GB (the run; the rest), and 10.0 GB are free; free some,"
            + " or lower --run or --rest",
        message);
  }

  @ParameterizedTest
  @CsvSource({"999,999 B", "1000,1.0 kB", "999949,999.9 kB", "999960,1.0 MB", "4200000000,4.2 GB"})
  void sizesHaveUnits(long bytes, String text) {
    assertEquals(text, ByteSize.text(bytes));
  }

  @Test
  void aRunThatDoesNotFitIsRefusedBeforeItStarts() {
    Path out = folder.resolve("tuned");
    Ran ran =
        Ran.command(
            new FinetuneCommand(),
            "--data=fashion-mnist[:20]",
            "--model=16x2x2",
            "--image-size=28",
            "--patch-size=14",
            "--epochs=2000000000",
            "--keep-checkpoints=2000000000",
            "--quiet",
            "--out=" + out);
    assertEquals(2, ran.status());
    assertTrue(ran.error().startsWith("not enough disk space for " + out), ran.error());
    assertTrue(ran.error().contains("2,000,000,000 checkpoints of "), ran.error());
    assertTrue(ran.error().endsWith("or lower --keep-checkpoints"), ran.error());
    assertFalse(Files.exists(out));
  }
}
