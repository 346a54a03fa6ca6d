package io.github.maskalign.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Strided;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyKernelTest {
  private static long read(MemorySegment s, int bytes, long index) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | s.get(ValueLayout.JAVA_BYTE, index * bytes + i) & 0xFF;
    }
    return value;
  }

  private static int index(int[] shape, int[] strides, int i) {
    int at = 0;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      at += i % shape[axis] * strides[axis];
      i /= shape[axis];
    }
    return at;
  }

  private static void check(int bytes, int[] shape, int[] xStrides, int[] yStrides) {
    int size = 1;
    int xReach = 1;
    int yReach = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      size *= shape[axis];
      xReach += Math.max(0, shape[axis] - 1) * xStrides[axis];
      yReach += Math.max(0, shape[axis] - 1) * yStrides[axis];
    }
    MemorySegment x = Arena.ofAuto().allocate((xReach + 1L) * bytes);
    byte[] noise = new byte[(int) x.byteSize()];
    new Random(size).nextBytes(noise);
    x.copyFrom(MemorySegment.ofArray(noise));
    for (int threads = 1; threads <= 2; threads++) {
      MemorySegment y = Arena.ofAuto().allocate((yReach + 2L) * bytes);
      KernelData.with(
          threads,
          w ->
              new CopyKernel(w)
                  .copy(bytes, shape, new Operand(x, 1), xStrides, new Operand(y, 2), yStrides));
      long written = 0;
      for (int i = 0; i < size; i++) {
        long want = read(x, bytes, 1 + index(shape, xStrides, i));
        assertEquals(want, read(y, bytes, 2 + index(shape, yStrides, i)), "element " + i);
        written += want == 0 ? 0 : 1;
      }
      long found = 0;
      for (long i = 0; i < yReach + 2; i++) {
        found += read(y, bytes, i) == 0 ? 0 : 1;
      }
      assertEquals(written, found, "elements written outside the target");
    }
  }

  private static int[] permuted(int[] strides, int... order) {
    int[] result = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      result[i] = strides[order[i]];
    }
    return result;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void permutations(int bytes) {
    int[] shape = {3, 37, 2, 19};
    int[] target = Strided.contiguous(shape);
    int[][] orders = {
      {0, 1, 2, 3}, {0, 2, 1, 3}, {0, 1, 3, 2}, {3, 2, 1, 0}, {1, 0, 3, 2}, {2, 3, 0, 1}
    };
    for (int[] order : orders) {
      int[] source = new int[4];
      int step = 1;
      for (int k = 3; k >= 0; k--) {
        source[order[k]] = step;
        step *= shape[order[k]];
      }
      check(bytes, shape, source, target);
      check(bytes, shape, target, source);
    }
    check(bytes, shape, permuted(target, 0, 1, 2, 3), target);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void slicesAndBroadcasts(int bytes) {
    check(bytes, new int[] {5, 7}, new int[] {20, 1}, new int[] {7, 1});
    check(bytes, new int[] {5, 7}, new int[] {20, 2}, new int[] {7, 1});
    check(bytes, new int[] {5, 7}, new int[] {0, 1}, new int[] {7, 1});
    check(bytes, new int[] {5, 7}, new int[] {1, 0}, new int[] {7, 1});
    check(bytes, new int[] {5, 7}, new int[] {7, 1}, new int[] {20, 1});
    check(bytes, new int[] {}, new int[] {}, new int[] {});
    check(bytes, new int[] {1}, new int[] {5}, new int[] {1});
    check(bytes, new int[] {0, 3}, new int[] {3, 1}, new int[] {3, 1});
  }

  @Test
  void longRowsAndLargeTransposes() {
    check(4, new int[] {2, 40_001}, new int[] {40_003, 1}, new int[] {40_001, 1});
    check(4, new int[] {300, 211}, new int[] {1, 300}, new int[] {211, 1});
    check(4, new int[] {2, 3, 2, 2, 3, 2, 2, 5}, permute8(), Strided.contiguous(shape8()));
  }

  private static int[] shape8() {
    return new int[] {2, 3, 2, 2, 3, 2, 2, 5};
  }

  private static int[] permute8() {
    int[] shape = shape8();
    int[] strides = new int[8];
    int step = 1;
    for (int axis : new int[] {3, 7, 0, 5, 1, 6, 2, 4}) {
      strides[axis] = step;
      step *= shape[axis];
    }
    return strides;
  }
}
