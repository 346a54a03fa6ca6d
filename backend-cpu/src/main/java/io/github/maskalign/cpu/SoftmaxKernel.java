package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Softmax and log-softmax over the rows of contiguous x [rows, width], the row's maximum subtracted
 * first. A row of -infinity alone gives NaN.
 */
final class SoftmaxKernel {
  private final Workers workers;

  SoftmaxKernel(Workers workers) {
    this.workers = workers;
  }

  /** y = e^(x - max) / sum e^(x - max); y may be x. */
  void forward(MemorySegment x, long xOffset, MemorySegment y, long yOffset, long rows, int width) {
    eachRow(
        rows,
        width,
        r -> softmaxRow(x, 4 * (xOffset + r * width), y, 4 * (yOffset + r * width), width));
  }

  /** y = x - max - log sum e^(x - max); y may be x. */
  void logForward(
      MemorySegment x, long xOffset, MemorySegment y, long yOffset, long rows, int width) {
    eachRow(
        rows,
        width,
        r -> logSoftmaxRow(x, 4 * (xOffset + r * width), y, 4 * (yOffset + r * width), width));
  }

  /** dx = y (g - sum g y), from the softmax y; dx may be y or g. */
  void backward(
      MemorySegment y,
      long yOffset,
      MemorySegment g,
      long gOffset,
      MemorySegment dx,
      long dxOffset,
      long rows,
      int width) {
    eachRow(
        rows,
        width,
        r -> {
          long at = r * width;
          backwardRow(y, 4 * (yOffset + at), g, 4 * (gOffset + at), dx, 4 * (dxOffset + at), width);
        });
  }

  /** dx = g - e^y sum g, from the log-softmax y; dx may be y or g. */
  void logBackward(
      MemorySegment y,
      long yOffset,
      MemorySegment g,
      long gOffset,
      MemorySegment dx,
      long dxOffset,
      long rows,
      int width) {
    eachRow(
        rows,
        width,
        r -> {
          long at = r * width;
          logBackwardRow(
              y, 4 * (yOffset + at), g, 4 * (gOffset + at), dx, 4 * (dxOffset + at), width);
        });
  }

  private interface Row {
    void run(long row);
  }

  private void eachRow(long rows, int width, Row row) {
    if (width == 0) {
      return;
    }
    int perTask = Chunks.rows(width);
    workers.run(
        Chunks.count(rows, perTask),
        t -> {
          long r = (long) t * perTask;
          for (long end = Math.min(rows, r + perTask); r < end; r++) {
            row.run(r);
          }
        });
  }

  // Passes of their own: C2 stops inlining, and boxes every vector, where a method gets too many
  // vector operations.
  private static void softmaxRow(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    float max = ReduceKernel.max(x, xAt, n);
    scale(1 / exponentials(x, xAt, max, y, yAt, n), y, yAt, n);
  }

  /** y = e^(x - max), and its sum. */
  private static float exponentials(
      MemorySegment x, long xAt, float max, MemorySegment y, long yAt, int n) {
    FloatVector sum = zero(F32);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector e =
          VectorMath.expOfNonPositive(fromMemorySegment(F32, x, xAt + 4L * i, ORDER).sub(max));
      sum = sum.add(e);
      e.intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector e =
          VectorMath.expOfNonPositive(fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m).sub(max));
      sum = sum.add(e, m);
      e.intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
    return Mem.sum(sum);
  }

  private static void scale(float factor, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, y, yAt + 4L * i, ORDER)
          .mul(factor)
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m)
          .mul(factor)
          .intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  private static void logSoftmaxRow(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    float max = ReduceKernel.max(x, xAt, n);
    float logSum = (float) Math.log(sumOfExp(x, xAt, max, n));
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m)
          .sub(max)
          .sub(logSum)
          .intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  /** Sum of e^(x - max) over n elements at a byte address. */
  static float sumOfExp(MemorySegment x, long xAt, float max, int n) {
    FloatVector s = zero(F32);
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      s =
          s.add(
              VectorMath.expOfNonPositive(
                  fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m).sub(max)),
              m);
    }
    return Mem.sum(s);
  }

  private static void backwardRow(
      MemorySegment y, long yAt, MemorySegment g, long gAt, MemorySegment dx, long dxAt, int n) {
    FloatVector dot = zero(F32);
    int i = 0;
    for (; i <= n - L; i += L) {
      dot =
          fromMemorySegment(F32, g, gAt + 4L * i, ORDER)
              .fma(fromMemorySegment(F32, y, yAt + 4L * i, ORDER), dot);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      dot =
          fromMemorySegment(F32, g, gAt + 4L * i, ORDER, m)
              .fma(fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m), dot);
    }
    FloatVector mean = broadcast(F32, Mem.sum(dot));
    for (i = 0; i <= n - L; i += L) {
      FloatVector d =
          fromMemorySegment(F32, g, gAt + 4L * i, ORDER)
              .sub(mean)
              .mul(fromMemorySegment(F32, y, yAt + 4L * i, ORDER));
      d.intoMemorySegment(dx, dxAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector d =
          fromMemorySegment(F32, g, gAt + 4L * i, ORDER, m)
              .sub(mean)
              .mul(fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m));
      d.intoMemorySegment(dx, dxAt + 4L * i, ORDER, m);
    }
  }

  private static void logBackwardRow(
      MemorySegment y, long yAt, MemorySegment g, long gAt, MemorySegment dx, long dxAt, int n) {
    FloatVector sum = broadcast(F32, (float) -ReduceKernel.sum(g, gAt, n));
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector e = VectorMath.exp(fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m));
      e.fma(sum, fromMemorySegment(F32, g, gAt + 4L * i, ORDER, m))
          .intoMemorySegment(dx, dxAt + 4L * i, ORDER, m);
    }
  }
}
