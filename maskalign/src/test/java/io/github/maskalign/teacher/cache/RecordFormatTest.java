package io.github.maskalign.teacher.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RecordFormatTest {

  @Property(tries = 200)
  void partsLieBehindEachOtherAndARecordNoticesEveryChange(
      @ForAll @IntRange(min = 0, max = 20) int importance,
      @ForAll @IntRange(min = 1, max = 4) int levels,
      @ForAll @IntRange(min = 1, max = 21) int tokens,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll StoredType type,
      @ForAll @IntRange(min = 0, max = 1_000_000) int number,
      @ForAll long damage) {
    RecordFormat format = new RecordFormat(importance, levels, tokens, width, type);
    assertEquals(8, format.importanceAt());
    assertEquals(8 + 4L * importance, format.level(0));
    long end = format.level(levels - 1) + (long) tokens * width * type.dtype().bytes();
    assertTrue(format.bytes() >= end && format.bytes() < end + 8 && format.bytes() % 8 == 0);

    try (Arena arena = Arena.ofConfined()) {
      MemorySegment record = arena.allocate(format.bytes(), 8);
      assertFalse(format.isWhole(number, record), "a hole");
      for (long i = 0; i < format.bytes(); i++) {
        record.set(ValueLayout.JAVA_BYTE, i, (byte) Philox.of(damage).bits(i));
      }
      format.seal(number, record);
      assertTrue(format.isWhole(number, record));
      assertFalse(format.isWhole(number + 1L, record));
      long bit = Long.remainderUnsigned(damage, 8 * format.bytes());
      byte before = record.get(ValueLayout.JAVA_BYTE, bit / 8);
      record.set(ValueLayout.JAVA_BYTE, bit / 8, (byte) (before ^ 1 << bit % 8));
      assertFalse(format.isWhole(number, record), "bit " + bit);
    }
  }
}
