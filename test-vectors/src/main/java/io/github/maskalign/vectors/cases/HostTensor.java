package io.github.maskalign.vectors.cases;

import io.github.maskalign.tensor.BFloat16;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.safetensors.SafeDType;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Numbers on the host, row-major. Doubles hold every stored type exactly, but integers only up to
 * 2^53.
 */
record HostTensor(double[] values, int[] dims) {

  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE);

  /** Reads a tensor of any type that the reference data use. */
  static HostTensor read(SafeTensorsFile file, String name) {
    SafeTensorsFile.Entry entry = file.entry(name);
    double[] values = new double[Math.toIntExact(entry.elements())];
    Arrays.setAll(values, reader(name, entry.dtype(), file.segment(name)));
    return new HostTensor(values, entry.shape().dims());
  }

  private static IntToDoubleFunction reader(String name, SafeDType type, MemorySegment bytes) {
    return switch (type) {
      case F64 -> i -> bytes.getAtIndex(DOUBLE, i);
      case F32 -> i -> bytes.getAtIndex(FLOAT, i);
      case F16 -> i -> Float.float16ToFloat(bytes.getAtIndex(SHORT, i));
      case BF16 -> i -> BFloat16.toFloat(bytes.getAtIndex(SHORT, i));
      case I64 -> i -> bytes.getAtIndex(LONG, i);
      case I32 -> i -> bytes.getAtIndex(INT, i);
      case U8, BOOL -> i -> bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff;
      default ->
          throw new DTypeException("tensor " + name + " is stored as " + type + ": unexpected");
    };
  }
}
