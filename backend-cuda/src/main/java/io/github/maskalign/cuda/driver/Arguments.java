package io.github.maskalign.cuda.driver;

import io.github.maskalign.tensor.error.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;

/**
 * The arguments of a launch as the driver wants them: an array of pointers to values. Made once and
 * filled for every launch, since the driver copies the values before it returns.
 */
final class Arguments implements AutoCloseable {

  private static final int MOST = 64;

  /** Most bytes of parameters that every architecture takes. */
  private static final int MOST_BYTES = 4_096;

  /**
   * Fills what is left of a slot behind a narrow value: a kernel that reads a wider one than was
   * given computes rubbish always, not only sometimes.
   */
  private static final long FILLER = 0xA5A5_A5A5_A5A5_A5A5L;

  /** Of a value; a structure takes several. */
  private static final long SLOT = 16;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment pointers = arena.allocate(8L * (MOST + 1), SLOT);
  private final MemorySegment values = arena.allocate(MOST_BYTES, SLOT);
  private final Pointer start = Pointer.to(pointers.asByteBuffer());

  /** Lays the values out; ends the array with a null, which lets a test's driver count them. */
  Pointer pack(Object[] arguments) {
    if (arguments.length > MOST) {
      throw new DeviceException("cuda: a kernel takes " + MOST + " arguments at most");
    }
    long offset = 0;
    for (int i = 0; i < arguments.length; i++) {
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + offset);
      offset += put(arguments[i], offset);
    }
    pointers.setAtIndex(ValueLayout.JAVA_LONG, arguments.length, 0L);
    return start;
  }

  /** Returns the bytes taken. */
  private long put(Object argument, long offset) {
    long bytes = argument instanceof MemorySegment structure ? structure.byteSize() : SLOT;
    long taken = Math.ceilDiv(bytes, SLOT) * SLOT;
    if (offset + taken > MOST_BYTES) {
      throw new DeviceException("cuda: more than " + MOST_BYTES + " bytes of arguments");
    }
    values.set(ValueLayout.JAVA_LONG, offset, FILLER);
    switch (argument) {
      case Long value -> values.set(ValueLayout.JAVA_LONG, offset, value);
      case Integer value -> values.set(ValueLayout.JAVA_INT, offset, value);
      case Float value -> values.set(ValueLayout.JAVA_FLOAT, offset, value);
      case Double value -> values.set(ValueLayout.JAVA_DOUBLE, offset, value);
      case MemorySegment structure -> values.asSlice(offset, bytes).copyFrom(structure);
      default ->
          throw new DeviceException(
              "cuda: a kernel takes no " + argument.getClass().getSimpleName());
    }
    return taken;
  }

  @Override
  public void close() {
    arena.close();
  }
}
