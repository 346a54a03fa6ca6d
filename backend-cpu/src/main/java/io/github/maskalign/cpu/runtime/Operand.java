package io.github.maskalign.cpu.runtime;

import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Elements in host memory that a kernel reads or writes. How many, and in which layout, is the
 * kernel's business.
 *
 * @param segment the memory
 * @param offset the first element's index, in elements
 */
public record Operand(MemorySegment segment, long offset) {

  /** The elements of a tensor. */
  public static Operand of(Tensor x) {
    return new Operand(((HostStorage) x.storage()).segment(), x.layout().offset());
  }

  /** The elements of a tensor, or null for null. */
  public static @Nullable Operand ofNullable(@Nullable Tensor x) {
    return x == null ? null : of(x);
  }

  /** The elements from an index on. */
  public Operand from(long index) {
    return new Operand(segment, offset + index);
  }

  /** Byte address of an F32 element. */
  public long at(long index) {
    return 4 * (offset + index);
  }

  /** An F32 element. */
  public float get(long index) {
    return segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at(index));
  }

  /** Overwrites an F32 element. */
  public void set(long index, float value) {
    segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at(index), value);
  }

  /** Reads n F32 elements from an index on into an array. */
  public void load(long from, float[] to, int n) {
    MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT_UNALIGNED, at(from), to, 0, n);
  }

  /** Writes n F32 elements of an array from an index on. */
  public void store(float[] values, long to, int n) {
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT_UNALIGNED, at(to), n);
  }
}
