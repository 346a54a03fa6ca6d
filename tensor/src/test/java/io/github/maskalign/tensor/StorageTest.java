package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.memory.HostPool;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class StorageTest {

  @Test
  void aStorageGoesBackWithItsLastHandle() {
    try (HostPool pool = HostPool.unlimited()) {
      HostStorage block = pool.allocate(64);
      block.retain();
      block.retain();
      block.release();
      assertEquals(64, pool.stats().live());
      block.release();
      assertEquals(0, pool.stats().live());
    }
  }

  @Test
  void foreignMemoryIsNotFreed() {
    MemorySegment foreign = MemorySegment.ofArray(new long[4]);
    HostStorage storage = HostStorage.wrap(foreign);
    storage.retain();
    storage.release();
    assertEquals(32, storage.bytes());
    assertTrue(foreign.scope().isAlive());
  }
}
