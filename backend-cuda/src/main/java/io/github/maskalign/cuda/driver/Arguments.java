package io.github.maskalign.cuda.driver;

import io.github.maskalign.tensor.error.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The arguments of a launch in the form that the driver takes: an array of pointers to values. One
 * instance serves all launches, because the driver copies the values before it returns.
 */
final class Arguments implements AutoCloseable {

  private static final int MAX_ARGUMENTS = 64;

  /** Maximum bytes of parameters on every architecture. */
  private static final int MAX_BYTES = 4_096;

  /**
   * Fills the rest of a slot after a narrow value, so that a kernel that reads a wider value always
   * gets a wrong one, not only sometimes.
   */
  private static final long FILLER = 0xA5A5_A5A5_A5A5_A5A5L;

  /** Bytes of a slot: a number takes one, a structure several. */
  private static final long SLOT = 16;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment pointers = arena.allocate(8L * (MAX_ARGUMENTS + 1), SLOT);
  private final MemorySegment values = arena.allocate(MAX_BYTES, SLOT);

  /**
   * Stores the values; a null ends the array, so that the emulated driver of the tests can count.
   */
  MemorySegment pack(Object[] arguments) {
    if (arguments.length > MAX_ARGUMENTS) {
      throw new DeviceException("cuda: a kernel takes at most " + MAX_ARGUMENTS + " arguments");
    }
    long offset = 0;
    for (int i = 0; i < arguments.length; i++) {
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + offset);
      offset += put(arguments[i], offset);
    }
    pointers.setAtIndex(ValueLayout.JAVA_LONG, arguments.length, 0L);
    return pointers;
  }

  /** Stores one value and returns the bytes that it takes. */
  private long put(Object argument, long offset) {
    long bytes = argument instanceof MemorySegment structure ? structure.byteSize() : SLOT;
    long taken = Math.ceilDiv(bytes, SLOT) * SLOT;
    if (offset + taken > MAX_BYTES) {
      throw new DeviceException("cuda: kernel arguments exceed " + MAX_BYTES + " bytes");
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
              "cuda: unsupported kernel argument: " + argument.getClass().getSimpleName());
    }
    return taken;
  }

  @Override
  public void close() {
    arena.close();
  }
}
