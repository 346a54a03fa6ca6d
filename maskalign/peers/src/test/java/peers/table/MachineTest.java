package peers.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

  @Test
  void readsTheFirstProcessor() {
    String text =
        "vendor_id\t: GenuineIntel\nmodel\t\t: 143\nmodel name\t: Some Xeon\n\nmodel\t: 1";
    assertEquals("GenuineIntel", Machine.value(text, "vendor_id"));
    assertEquals("143", Machine.value(text, "model"));
    assertEquals("Some Xeon", Machine.value(text, "model name"));
    assertEquals("unknown", Machine.value(text, "stepping"));
  }

  @Test
  void readsCaches(@TempDir Path folder) throws IOException {
    cache(folder, "index0", "1", "Data", "48K");
    cache(folder, "index1", "1", "Instruction", "32K");
    cache(folder, "index2", "2", "Unified", "1024K");
    assertEquals("L1d 48K, L1i 32K, L2 1024K", Machine.caches(folder));
    assertEquals("unknown", Machine.caches(folder.resolve("missing")));
  }

  private static void cache(Path folder, String name, String level, String type, String size)
      throws IOException {
    Path cache = Files.createDirectory(folder.resolve(name));
    Files.writeString(cache.resolve("level"), level + "\n");
    Files.writeString(cache.resolve("type"), type + "\n");
    Files.writeString(cache.resolve("size"), size + "\n");
  }
}
