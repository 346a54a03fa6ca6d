package io.github.maskalign.tensor.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Random sequences of requests and releases. */
class HostPoolSequenceTest {

  private static final long LIMIT = 1 << 20;

  /** Allocated blocks by address; checks that none overlap and that the statistics are right. */
  private static final class Ledger {

    private final HostPool pool;
    private final TreeMap<Long, HostBlock> lent = new TreeMap<>();
    private final List<HostBlock> order = new ArrayList<>();
    private final List<Long> places = new ArrayList<>();
    private long live;

    private Ledger(HostPool pool) {
      this.pool = pool;
    }

    /** An even number releases a block, an odd one allocates that many bytes. */
    private void play(List<Integer> moves) {
      for (int move : moves) {
        if (move % 2 == 1) {
          take(move);
        } else if (!order.isEmpty()) {
          giveBack(move % order.size());
        }
        MemoryStats stats = pool.stats();
        assertEquals(live, stats.live());
        assertTrue(stats.peak() >= live && stats.live() + stats.pooled() <= LIMIT);
      }
      while (!order.isEmpty()) {
        giveBack(order.size() / 2);
      }
    }

    private void take(int bytes) {
      HostBlock block;
      try {
        block = (HostBlock) pool.allocate(bytes);
      } catch (OutOfMemoryException full) {
        return;
      }
      long address = block.segment().address();
      Map.Entry<Long, HostBlock> below = lent.floorEntry(address);
      Long above = lent.ceilingKey(address);
      assertTrue(below == null || below.getKey() + below.getValue().bytes() <= address, "overlap");
      assertTrue(above == null || address + block.bytes() <= above, "overlap");
      block.segment().set(ValueLayout.JAVA_LONG, 0, address);
      block.segment().set(ValueLayout.JAVA_LONG, block.bytes() - 8, address);
      lent.put(address, block);
      order.add(block);
      places.add(address);
      live += block.bytes();
    }

    private void giveBack(int index) {
      HostBlock block = order.remove(index);
      long address = block.segment().address();
      assertEquals(address, block.segment().get(ValueLayout.JAVA_LONG, 0));
      assertEquals(address, block.segment().get(ValueLayout.JAVA_LONG, block.bytes() - 8));
      lent.remove(address);
      live -= block.bytes();
      block.free();
    }
  }

  @Property(tries = 300)
  void blocksNeverOverlapAndTheBooksAreRight(
      @ForAll @Size(max = 200) List<@IntRange(max = 40_000) Integer> moves) {
    try (HostPool pool = new HostPool(LIMIT, false)) {
      new Ledger(pool).play(moves);
      assertEquals(0, pool.stats().live());
      pool.trim();
      assertEquals(0, pool.stats().pooled(), "all blocks of a slab join again");
    }
  }

  /** The first round leaves one free block a slab, so that all later rounds are alike. */
  @Property(tries = 100)
  void roundsAfterTheFirstAreAlike(
      @ForAll @Size(max = 100) List<@IntRange(max = 10_000) Integer> moves) {
    try (HostPool pool = new HostPool(LIMIT, false)) {
      new Ledger(pool).play(moves);
      MemoryStats stats = pool.stats();
      List<Long> places = null;
      for (int round = 0; round < 3; round++) {
        Ledger ledger = new Ledger(pool);
        ledger.play(moves);
        assertEquals(stats, pool.stats());
        assertTrue(places == null || places.equals(ledger.places), "other places");
        places = ledger.places;
      }
    }
  }
}
