package io.github.maskalign.tensor.reference;

import io.github.maskalign.tensor.BFloat16;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Moves elements between tensors of any layout and type and plain row-major arrays. */
final class Elements {

  private Elements() {}

  /** Receives the row-major index of each element and its position in the storage. */
  private interface Visitor {
    void visit(int index, long position);
  }

  static double[] read(Tensor x) {
    double[] values = new double[Math.toIntExact(x.size())];
    MemorySegment memory = segment(x);
    DType dtype = x.dtype();
    visit(x.layout(), (index, position) -> values[index] = get(memory, dtype, position));
    return values;
  }

  static long[] readIntegers(Tensor x) {
    long[] values = new long[Math.toIntExact(x.size())];
    MemorySegment memory = segment(x);
    DType dtype = x.dtype();
    visit(x.layout(), (index, position) -> values[index] = getInteger(memory, dtype, position));
    return values;
  }

  static void write(double[] values, Tensor out) {
    MemorySegment memory = segment(out);
    DType dtype = out.dtype();
    visit(out.layout(), (index, position) -> set(memory, dtype, position, values[index]));
  }

  static void writeIntegers(long[] values, Tensor out) {
    MemorySegment memory = segment(out);
    DType dtype = out.dtype();
    visit(out.layout(), (index, position) -> setInteger(memory, dtype, position, values[index]));
  }

  static MemorySegment segment(Tensor x) {
    return ((HostStorage) x.storage()).segment();
  }

  private static void visit(Layout layout, Visitor visitor) {
    int rank = layout.shape().rank();
    int count = Math.toIntExact(layout.shape().size());
    if (layout.isContiguous()) {
      for (int i = 0; i < count; i++) {
        visitor.visit(i, layout.offset() + i);
      }
      return;
    }
    int[] at = new int[rank];
    long position = layout.offset();
    for (int i = 0; i < count; i++) {
      visitor.visit(i, position);
      for (int axis = rank - 1; axis >= 0; axis--) {
        position += layout.stride(axis);
        if (++at[axis] < layout.shape().dim(axis)) {
          break;
        }
        position -= layout.stride(axis) * at[axis];
        at[axis] = 0;
      }
    }
  }

  private static double get(MemorySegment memory, DType dtype, long i) {
    return switch (dtype) {
      case F64 -> memory.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      case F32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      case F16 -> Float.float16ToFloat(memory.getAtIndex(ValueLayout.JAVA_SHORT, i));
      case BF16 -> BFloat16.toFloat(memory.getAtIndex(ValueLayout.JAVA_SHORT, i));
      case I64, I32, U8 -> getInteger(memory, dtype, i);
    };
  }

  private static long getInteger(MemorySegment memory, DType dtype, long i) {
    return switch (dtype) {
      case I64 -> memory.getAtIndex(ValueLayout.JAVA_LONG, i);
      case I32 -> memory.getAtIndex(ValueLayout.JAVA_INT, i);
      case U8 -> memory.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      case F64, F32, F16, BF16 -> (long) get(memory, dtype, i);
    };
  }

  private static void set(MemorySegment memory, DType dtype, long i, double value) {
    switch (dtype) {
      case F64 -> memory.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
      case F32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
      case F16 -> memory.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) value));
      case BF16 -> memory.setAtIndex(ValueLayout.JAVA_SHORT, i, BFloat16.fromFloat((float) value));
      case I64 -> memory.setAtIndex(ValueLayout.JAVA_LONG, i, (long) value);
      case I32 -> memory.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
      case U8 -> memory.set(ValueLayout.JAVA_BYTE, i, (byte) value);
    }
  }

  private static void setInteger(MemorySegment memory, DType dtype, long i, long value) {
    switch (dtype) {
      case I64 -> memory.setAtIndex(ValueLayout.JAVA_LONG, i, value);
      case I32 -> memory.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
      case U8 -> memory.set(ValueLayout.JAVA_BYTE, i, (byte) value);
      case F64, F32, F16, BF16 -> set(memory, dtype, i, value);
    }
  }
}
