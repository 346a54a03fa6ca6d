package io.github.maskalign.tensor;

import java.lang.foreign.MemorySegment;

/** Brings the elements of a tensor to Java arrays. */
final class HostValues {

  private HostValues() {}

  static float[] floats(Tensor x) {
    float[] values = new float[length(x)];
    download(x, DType.F32, MemorySegment.ofArray(values));
    return values;
  }

  static double[] doubles(Tensor x) {
    double[] values = new double[length(x)];
    download(x, DType.F64, MemorySegment.ofArray(values));
    return values;
  }

  static long[] longs(Tensor x) {
    if (x.dtype().isFloating()) {
      throw new DTypeException("toLongs: the tensor holds " + x.dtype() + ", not integers");
    }
    long[] values = new long[length(x)];
    download(x, DType.I64, MemorySegment.ofArray(values));
    return values;
  }

  private static int length(Tensor x) {
    if (x.size() > Integer.MAX_VALUE - 8) {
      throw new ShapeException("shape " + x.shape() + " does not fit a Java array");
    }
    return (int) x.size();
  }

  private static void download(Tensor x, DType dtype, MemorySegment target) {
    try (Scope scope = x.owner().child("read")) {
      boolean ready = x.dtype() == dtype && x.layout().isContiguous();
      Tensor source = ready ? x : scope.ops().cast(x, dtype);
      scope.backend().download(source, target);
    }
  }
}
