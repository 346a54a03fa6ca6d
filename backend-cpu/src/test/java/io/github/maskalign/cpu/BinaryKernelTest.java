package io.github.maskalign.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.KernelData.Block;
import io.github.maskalign.tensor.op.BinaryOp;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BinaryKernelTest {
  private static float exact(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case GREATER_EQUAL -> a >= b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
    };
  }

  private static int size(int[] shape) {
    int size = 1;
    for (int n : shape) {
      size *= n;
    }
    return size;
  }

  /** Element index of flat position i of the shape under the strides. */
  private static int index(int[] shape, int[] strides, int i) {
    int at = 0;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      at += i % shape[axis] * strides[axis];
      i /= shape[axis];
    }
    return at;
  }

  private static void check(BinaryOp op, int[] shape, int[] aStrides, int[] bStrides) {
    Block a = KernelData.normal(1 + reach(shape, aStrides), 1);
    Block b = KernelData.normal(1 + reach(shape, bStrides), 2);
    // Some equal elements, or EQUAL would be all zeros.
    for (int i = 0; i < Math.min(a.size(), b.size()); i += 3) {
      Mem.set(b.segment(), 4L * (b.offset() + i), a.get(i));
    }
    Block y =
        KernelData.run(
            size(shape),
            (w, out) ->
                new BinaryKernel(w, new Scratch())
                    .apply(
                        op,
                        shape,
                        a.segment(),
                        a.offset(),
                        aStrides,
                        b.segment(),
                        b.offset(),
                        bStrides,
                        out.segment(),
                        out.offset()));
    for (int i = 0; i < y.size(); i++) {
      float p = a.get(index(shape, aStrides, i));
      float q = b.get(index(shape, bStrides, i));
      assertEquals(exact(op, p, q), y.get(i), "element " + i);
    }
    y.expectGuards();
  }

  private static int reach(int[] shape, int[] strides) {
    int reach = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      reach += Math.max(0, shape[axis] - 1) * strides[axis];
    }
    return reach;
  }

  @ParameterizedTest
  @EnumSource
  void sameLayout(BinaryOp op) {
    for (int n : KernelData.SIZES) {
      check(op, new int[] {n}, new int[] {1}, new int[] {1});
    }
  }

  @ParameterizedTest
  @EnumSource
  void scalarOnEitherSide(BinaryOp op) {
    for (int n : KernelData.SIZES) {
      check(op, new int[] {n}, new int[] {1}, new int[] {0});
      check(op, new int[] {n}, new int[] {0}, new int[] {1});
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsAndColumns(BinaryOp op) {
    for (int d : new int[] {1, 7, 16, 33, 130}) {
      int[] shape = {3, 5, d};
      int[] whole = Strided.contiguous(shape);
      check(op, shape, whole, new int[] {0, 0, 1});
      check(op, shape, new int[] {0, 0, 1}, whole);
      check(op, shape, whole, new int[] {5, 1, 0});
      check(op, shape, whole, new int[] {1, 0, 0});
      check(op, shape, new int[] {d, 0, 1}, whole);
      check(op, shape, new int[] {0, 1, 0}, new int[] {0, 0, 1});
    }
  }

  @Test
  void anyStridesUpToRankEight() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      int rank = random.nextInt(9);
      int[] shape = new int[rank];
      int[] a = new int[rank];
      int[] b = new int[rank];
      for (int axis = 0; axis < rank; axis++) {
        shape[axis] = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(4);
        a[axis] = random.nextInt(4);
        b[axis] = random.nextInt(4);
      }
      check(BinaryOp.SUB, shape, a, b);
    }
  }

  @ParameterizedTest
  @EnumSource
  void specialValues(BinaryOp op) {
    float[] values = {
      0f, -0f, 1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-40f, 3e38f
    };
    int n = values.length;
    Block x = KernelData.of(values);
    Block y =
        KernelData.run(
            n * n,
            (w, out) ->
                new BinaryKernel(w, new Scratch())
                    .apply(
                        op,
                        new int[] {n, n},
                        x.segment(),
                        x.offset(),
                        new int[] {1, 0},
                        x.segment(),
                        x.offset(),
                        new int[] {0, 1},
                        out.segment(),
                        out.offset()));
    y.expect(i -> exact(op, values[i / n], values[i % n]), want -> 0);
  }
}
