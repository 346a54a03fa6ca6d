package io.github.maskalign.cpu;

import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Products over the last two axes of tensors with equal leading axes, strided or broadcast. */
final class BatchedMatMul {

  private final Gemm gemm;

  BatchedMatMul(Gemm gemm) {
    this.gemm = gemm;
  }

  void apply(Tensor a, Tensor b, Tensor out) {
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = a.dim(-1);
    int batches = Math.toIntExact(out.shape().leading(out.shape().rank() - 2).size());
    if (batches == 1) {
      gemm.sgemm(m, n, k, operand(a), operand(b), operand(out), null, 0, false);
    } else if (batches > 1) {
      gemm.batched(
          m,
          n,
          k,
          operand(a),
          starts(a, batches),
          operand(b),
          starts(b, batches),
          operand(out),
          starts(out, batches),
          false);
    }
  }

  static GemmOperand operand(Tensor x) {
    return operand(x, Host.segment(x));
  }

  /**
   * A tensor's last two axes.
   *
   * @param memory the content of its storage
   */
  static GemmOperand operand(Tensor x, MemorySegment memory) {
    Layout layout = x.layout();
    return new GemmOperand(memory, layout.offset(), layout.stride(-2), layout.stride(-1));
  }

  /** Where each matrix of the batch begins. */
  private static long[] starts(Tensor x, int batches) {
    Layout layout = x.layout();
    int axes = x.shape().rank() - 2;
    long[] starts = new long[batches];
    for (int i = 0; i < batches; i++) {
      long start = layout.offset();
      int rest = i;
      for (int axis = axes - 1; axis >= 0; axis--) {
        start += rest % x.dim(axis) * layout.stride(axis);
        rest /= x.dim(axis);
      }
      starts[i] = start;
    }
    return starts;
  }
}
