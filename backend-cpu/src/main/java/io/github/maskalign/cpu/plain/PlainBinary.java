package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.BinaryKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.BinaryOp;
import java.util.Arrays;

/** Functions of two numbers; see {@link BinaryKernel}. */
final class PlainBinary extends BinaryKernel {

  PlainBinary(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void rows(BinaryOp op, Rows all, long row, long end, int from, int n) {
    float[] p = scratch.takeFloats(BLOCK);
    float[] q = scratch.takeFloats(BLOCK);
    for (long r = row; r < end; r++) {
      for (int i = from; i < from + n; i += BLOCK) {
        int count = Math.min(BLOCK, from + n - i);
        load(all.a(), all.aAt(r, i), all.aStep(), p, count);
        load(all.b(), all.bAt(r, i), all.bStep(), q, count);
        apply(op, p, q, count);
        all.y().store(p, all.yAt(r, i), count);
      }
    }
    scratch.give(q);
    scratch.give(p);
  }

  private static void load(Operand x, long from, int step, float[] to, int n) {
    if (step == 1) {
      x.load(from, to, n);
    } else {
      Arrays.fill(to, 0, n, x.get(from));
    }
  }

  private static void apply(BinaryOp op, float[] a, float[] b, int n) {
    switch (op) {
      case ADD -> PlainMath.add(a, b, n);
      case SUB -> PlainMath.subtract(a, b, n);
      case MUL -> PlainMath.multiply(a, b, n);
      case DIV -> divide(a, b, n);
      case MAX -> PlainMath.max(a, b, n);
      case MIN -> min(a, b, n);
      case GREATER_EQUAL -> greaterEqual(a, b, n);
      case EQUAL -> equal(a, b, n);
    }
  }

  private static void divide(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] /= b[i];
    }
  }

  private static void min(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = Math.min(a[i], b[i]);
    }
  }

  private static void greaterEqual(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = a[i] >= b[i] ? 1f : 0f;
    }
  }

  private static void equal(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = a[i] == b[i] ? 1f : 0f;
    }
  }
}
