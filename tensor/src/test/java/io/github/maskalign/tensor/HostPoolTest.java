package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class HostPoolTest {

  /** Blocks are large enough, aligned, and waste an eighth at most. */
  @Property(tries = 200)
  void sizeClasses(@ForAll @LongRange(max = 3_000_000) long bytes) {
    try (HostPool pool = HostPool.unlimited()) {
      HostStorage block = pool.allocate(bytes);
      long size = block.bytes();
      assertTrue(size >= bytes, "too small");
      assertTrue(
          size - bytes < Math.max(64, bytes / 8 + 1) || bytes == 0, () -> bytes + ": " + size);
      assertEquals(0, size % 64);
      assertEquals(0, block.segment().address() % 64);
      block.free();
    }
  }

  @Test
  void releasedBlocksAreReusedByTheirClass() {
    try (HostPool pool = HostPool.unlimited()) {
      HostStorage first = pool.allocate(1_000);
      long address = first.segment().address();
      long size = first.bytes();
      assertEquals(new MemoryStats(size, 0, size), pool.stats());
      first.free();
      assertEquals(new MemoryStats(0, size, size), pool.stats());
      HostStorage other = pool.allocate(5_000);
      HostStorage again = pool.allocate(size - 1);
      assertEquals(address, again.segment().address());
      assertEquals(0, pool.stats().pooled());
      assertEquals(size + other.bytes(), pool.stats().peak());
      other.free();
      again.free();
    }
  }

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
  void theLimitCountsWhatIsLive() {
    try (HostPool pool = new HostPool(1_024, false)) {
      HostStorage half = pool.allocate(512);
      String message =
          assertThrows(OutOfMemoryException.class, () -> pool.allocate(576)).getMessage();
      for (String part : List.of("576", "512 live", "1024", "batch")) {
        assertTrue(message.contains(part), message);
      }
      half.free();
      // The idle block of another class makes way.
      HostStorage whole = pool.allocate(1_024);
      assertEquals(new MemoryStats(1_024, 0, 1_024), pool.stats());
      whole.free();
    }
  }

  @Test
  void trimReturnsIdleBlocksOnly() {
    try (HostPool pool = HostPool.unlimited()) {
      HostStorage busy = pool.allocate(64);
      HostStorage idle = pool.allocate(128);
      MemorySegment memory = idle.segment();
      idle.free();
      pool.trim();
      assertEquals(new MemoryStats(64, 0, 192), pool.stats());
      assertFalse(memory.scope().isAlive());
      assertTrue(busy.segment().scope().isAlive());
      busy.free();
    }
  }

  @Test
  void closingFreesLiveBlocksWhenTheyComeBack() {
    HostPool pool = HostPool.unlimited();
    HostStorage late = pool.allocate(64);
    pool.close();
    assertTrue(late.segment().scope().isAlive());
    late.free();
    assertFalse(late.segment().scope().isAlive());
    assertEquals(new MemoryStats(0, 0, 64), pool.stats());
    assertThrows(ClosedException.class, () -> pool.allocate(64));
  }

  @Test
  void poisonShowsReadsOfUninitialisedMemory() {
    try (HostPool pool = new HostPool(Long.MAX_VALUE, true)) {
      for (int use = 0; use < 2; use++) {
        HostStorage block = pool.allocate(64);
        assertTrue(Float.isNaN(block.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 3)));
        block.segment().fill((byte) 0);
        block.free();
      }
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
