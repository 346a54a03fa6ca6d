package io.github.maskalign.vit.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a Hub on loopback and an empty cache of their own. */
abstract class HubTestBase {

  @TempDir Path folder;
  HubFixture it;

  @BeforeEach
  void open() throws IOException {
    it = new HubFixture(folder.resolve("deep/hub"));
  }

  @AfterEach
  void close() {
    it.close();
  }

  /** Moves the content of a file to the shared store, as newer Python clients keep it. */
  Path share(Path file) throws IOException {
    Path blob = file.toRealPath();
    Path shared = it.cache.resolve("blobs/ab/abcd");
    Files.createDirectories(shared.getParent());
    Files.move(blob, shared);
    Files.createSymbolicLink(blob, Path.of("../../blobs/ab/abcd"));
    return shared;
  }
}
