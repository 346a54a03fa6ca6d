package io.github.maskalign.tensor.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class HostPoolTest {

  /** Large enough for a separate slab, whatever was allocated before. */
  private static final long LARGE = 32 << 20;

  private static HostBlock allocate(HostPool pool, long bytes) {
    return (HostBlock) pool.allocate(bytes);
  }

  @Property(tries = 200)
  void blocksAreWholeCacheLines(@ForAll @LongRange(max = 300_000) long bytes) {
    try (HostPool pool = HostPool.unlimited()) {
      HostBlock block = allocate(pool, bytes);
      assertEquals(Math.max(1, Math.ceilDiv(bytes, 64)) * 64, block.bytes());
      assertEquals(block.bytes(), block.segment().byteSize());
      assertEquals(0, block.segment().address() % 64);
      block.free();
    }
  }

  @Test
  void anyReleasedMemoryServesAnyRequest() {
    try (HostPool pool = new HostPool(1 << 16, false)) {
      HostBlock first = allocate(pool, 1 << 15);
      HostBlock second = allocate(pool, 1 << 15);
      assertEquals(new MemoryStats(1 << 16, 0, 1 << 16), pool.stats());
      long address = first.segment().address();
      first.free();
      assertEquals(new MemoryStats(1 << 15, 1 << 15, 1 << 16), pool.stats());
      List<HostBlock> pieces = IntStream.range(0, 512).mapToObj(i -> allocate(pool, 60)).toList();
      assertEquals(address, pieces.getFirst().segment().address());
      assertEquals(new MemoryStats(1 << 16, 0, 1 << 16), pool.stats());
      pieces.forEach(HostBlock::free);
      second.free();
      HostBlock whole = allocate(pool, 1 << 16);
      assertEquals(address, whole.segment().address());
      whole.free();
    }
  }

  @Test
  void theSmallestFreeBlockThatFitsIsTaken() {
    try (HostPool pool = HostPool.unlimited()) {
      List<HostBlock> blocks = new ArrayList<>();
      for (int lines : new int[] {9, 1, 3, 1, 4, 1, 3, 1}) {
        blocks.add(allocate(pool, 64 * lines));
      }
      long[] addresses = blocks.stream().mapToLong(b -> b.segment().address()).toArray();
      for (int i = 6; i >= 0; i -= 2) {
        blocks.get(i).free();
      }
      assertEquals(addresses[2], allocate(pool, 64 * 3).segment().address());
      assertEquals(addresses[6], allocate(pool, 64 * 2).segment().address());
      assertEquals(addresses[4], allocate(pool, 64 * 4).segment().address());
      assertEquals(addresses[0], allocate(pool, 64 * 5).segment().address());
    }
  }

  @Test
  void theLimitCountsWhatIsLive() {
    try (HostPool pool = new HostPool(1_024, false)) {
      HostBlock half = allocate(pool, 512);
      String message =
          assertThrows(OutOfMemoryException.class, () -> allocate(pool, 576)).getMessage();
      for (String part : List.of("576", "512 live", "1024", "batch")) {
        assertTrue(message.contains(part), message);
      }
      half.free();
      HostBlock whole = allocate(pool, 1_024);
      assertEquals(new MemoryStats(1_024, 0, 1_024), pool.stats());
      whole.free();
    }
  }

  /** Free slabs that are too small are returned before a larger one is obtained. */
  @Test
  void atTheLimitFreeSlabsAreReturnedFirst() {
    try (HostPool pool = new HostPool(LARGE + (1 << 20), false)) {
      HostBlock small = allocate(pool, 1 << 20);
      HostBlock large = allocate(pool, LARGE);
      small.free();
      large.free();
      HostBlock larger = allocate(pool, LARGE + (1 << 19));
      assertEquals(LARGE + (1 << 19), pool.stats().live());
      larger.free();
    }
  }

  @Test
  void aRefusalTellsTheLargestPiece() {
    try (HostPool pool = new HostPool(1_024, false)) {
      List<HostBlock> blocks = IntStream.range(0, 4).mapToObj(i -> allocate(pool, 256)).toList();
      blocks.get(0).free();
      blocks.get(2).free();
      String message =
          assertThrows(OutOfMemoryException.class, () -> allocate(pool, 512)).getMessage();
      assertTrue(
          message.contains("512 live of 1024 bytes allowed and 256 free in one piece"), message);
      blocks.get(1).free();
      blocks.get(3).free();
    }
  }

  @Test
  void trimReturnsFreeSlabsOnly() {
    try (HostPool pool = HostPool.unlimited()) {
      HostBlock busy = allocate(pool, 64);
      long slab = 64 + pool.stats().pooled();
      HostBlock idle = allocate(pool, LARGE);
      MemorySegment memory = idle.segment();
      idle.free();
      pool.trim();
      assertEquals(new MemoryStats(64, slab - 64, 64 + LARGE), pool.stats());
      assertFalse(memory.scope().isAlive());
      assertTrue(busy.segment().scope().isAlive());
      // A new slab at the address of the old one is alive.
      HostBlock again = allocate(pool, LARGE);
      assertTrue(again.segment().scope().isAlive());
      again.free();
      busy.free();
    }
  }

  @Test
  void closingFreesLiveBlocksWhenTheyComeBack() {
    HostPool pool = HostPool.unlimited();
    HostBlock late = allocate(pool, 64);
    MemorySegment memory = late.segment();
    pool.close();
    assertTrue(memory.scope().isAlive());
    late.free();
    assertFalse(memory.scope().isAlive());
    assertEquals(new MemoryStats(0, 0, 64), pool.stats());
    assertThrows(ClosedException.class, () -> allocate(pool, 64));
  }

  @Test
  void poisonShowsReadsOfUninitializedMemory() {
    try (HostPool pool = new HostPool(Long.MAX_VALUE, true)) {
      for (int use = 0; use < 2; use++) {
        HostBlock block = allocate(pool, 64);
        assertTrue(Float.isNaN(block.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 3)));
        block.segment().fill((byte) 0);
        block.free();
      }
    }
  }
}
