package io.github.maskalign.cpu.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Calls the code of {@link PanelEmitter}. Machine code checks nothing, so this is where every
 * operand is held against its segment. Operands are passed as segments: then the JVM keeps their
 * arenas open during a call.
 *
 * <p>The calls are not critical ones: a safepoint does not wait for them.
 */
final class MachineKernel implements Bf16Kernel {

  /** The first argument is where the code begins. */
  private static final MethodHandle PANEL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG,
                  JAVA_LONG));

  private static final int C_BYTES = COLUMNS * Float.BYTES;

  private final String description;

  /** The code for tiles of 1, 2, ... rows. */
  private final MemorySegment[] entries;

  MachineKernel(String description, List<MemorySegment> entries) {
    this.description = description;
    this.entries = entries.toArray(MemorySegment[]::new);
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void multiply(int rows, int terms, Rows a, MemorySegment b, Rows addend, Rows c) {
    if (rows < 1 || terms < TERMS || terms % TERMS != 0) {
      throw new IllegalArgumentException(
          "%d rows of %d terms; expected 1 or more, and a multiple of %d"
              .formatted(rows, terms, TERMS));
    }
    if (c.memory().isReadOnly()) {
      throw new IllegalArgumentException("c is read-only");
    }
    if (rows > 1 && c.stride() < C_BYTES) {
      throw new IllegalArgumentException(
          "rows of c overlap: %d bytes every %d".formatted(C_BYTES, c.stride()));
    }
    MemorySegment as = Bounds.checked("a", a, rows, (long) terms * Short.BYTES, Short.BYTES);
    long bBytes = PanelEmitter.bBytes(terms);
    MemorySegment bs = Bounds.checked("b", new Rows(b, 0, 0), 1, bBytes, 2 * Short.BYTES);
    MemorySegment addends = Bounds.checked("addend", addend, rows, C_BYTES, Float.BYTES);
    MemorySegment cs = Bounds.checked("c", c, rows, C_BYTES, Float.BYTES);

    // Tiles as equal as can be: a few rows alone would not keep the multipliers busy.
    int tiles = Math.ceilDiv(rows, entries.length);
    int height = rows / tiles;
    int taller = rows % tiles;
    call(height + 1, taller, as, a.stride(), bs, addends, addend.stride(), cs, c.stride());
    long done = (long) taller * (height + 1);
    call(
        height,
        tiles - taller,
        as.asSlice(done * a.stride()),
        a.stride(),
        bs,
        addends.asSlice(done * addend.stride()),
        addend.stride(),
        cs.asSlice(done * c.stride()),
        c.stride());
  }

  private void call(
      int height,
      int tiles,
      MemorySegment a,
      long aRow,
      MemorySegment b,
      MemorySegment addend,
      long addendRow,
      MemorySegment c,
      long cRow) {
    if (tiles == 0) {
      return;
    }
    try {
      PANEL.invokeExact(
          entries[height - 1], a, aRow, b, c, cRow, b.byteSize(), addend, addendRow, (long) tiles);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("unexpected exception of a native call", e);
    }
  }
}
