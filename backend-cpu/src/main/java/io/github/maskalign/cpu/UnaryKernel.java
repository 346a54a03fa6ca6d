package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.tensor.op.UnaryOp;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Functions of one number, over contiguous data. Input and output may be the same block. */
final class UnaryKernel {
  private final Workers workers;
  private final Scratch scratch;

  UnaryKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /** y[i] = op(x[i]) for i below n; offsets in elements. */
  void apply(UnaryOp op, MemorySegment x, long xOffset, MemorySegment y, long yOffset, long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          run(op, x, 4 * (xOffset + from), y, 4 * (yOffset + from), length);
        });
  }

  /** y[i] = value. */
  void fill(float value, MemorySegment y, long yOffset, long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          FloatVector all = broadcast(F32, value);
          long at = 4 * (yOffset + from);
          int i = 0;
          for (; i <= length - L; i += L) {
            all.intoMemorySegment(y, at + 4L * i, ORDER);
          }
          if (i < length) {
            all.intoMemorySegment(y, at + 4L * i, ORDER, F32.indexInRange(0, length - i));
          }
        });
  }

  /** y[i] = scale x[i] + shift. */
  void affine(
      float scale,
      float shift,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          affineChunk(scale, shift, x, 4 * (xOffset + from), y, 4 * (yOffset + from), length);
        });
  }

  private void run(UnaryOp op, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int whole = n / L * L;
    map(op, x, xAt, y, yAt, whole);
    if (whole < n) {
      long bytes = 4L * (n - whole);
      MemorySegment tail = scratch.takeTail();
      MemorySegment.copy(x, xAt + 4L * whole, tail, 0, bytes);
      map(op, tail, 0, tail, 0, L);
      MemorySegment.copy(tail, 0, y, yAt + 4L * whole, bytes);
      scratch.give(tail);
    }
  }

  // One loop an operation, over whole vectors: C2 boxes vectors where branches of a loop meet, and
  // where a second copy of a function for the tail takes a method over its node limit.
  private static void map(UnaryOp op, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    switch (op) {
      case NEG -> negAll(x, xAt, y, yAt, n);
      case ABS -> absAll(x, xAt, y, yAt, n);
      case SIGN -> signAll(x, xAt, y, yAt, n);
      case SQUARE -> squareAll(x, xAt, y, yAt, n);
      case SQRT -> sqrtAll(x, xAt, y, yAt, n);
      case RECIPROCAL -> reciprocalAll(x, xAt, y, yAt, n);
      case EXP -> expAll(x, xAt, y, yAt, n);
      case LOG -> logAll(x, xAt, y, yAt, n);
      case TANH -> tanhAll(x, xAt, y, yAt, n);
      case SIGMOID -> sigmoidAll(x, xAt, y, yAt, n);
      case ERF -> erfAll(x, xAt, y, yAt, n);
      case RELU -> reluAll(x, xAt, y, yAt, n);
    }
  }

  private static void negAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER)
          .neg()
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void absAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER)
          .abs()
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void signAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      sign(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void squareAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      square(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void sqrtAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER)
          .sqrt()
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void reciprocalAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      broadcast(F32, 1f)
          .div(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void expAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      VectorMath.exp(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void logAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      VectorMath.log(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void tanhAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      VectorMath.tanh(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void sigmoidAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      VectorMath.sigmoid(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void erfAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      VectorMath.erf(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void reluAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      relu(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static FloatVector square(FloatVector v) {
    return v.mul(v);
  }

  private static FloatVector relu(FloatVector v) {
    // Blending keeps NaN, which a comparison never selects.
    return v.blend(0f, v.compare(VectorOperators.LT, 0f));
  }

  private static FloatVector sign(FloatVector v) {
    FloatVector positive = v.blend(1f, v.compare(VectorOperators.GT, 0f));
    return positive.blend(-1f, v.compare(VectorOperators.LT, 0f));
  }

  private static void affineChunk(
      float scale, float shift, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    FloatVector a = broadcast(F32, scale);
    FloatVector b = broadcast(F32, shift);
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER)
          .fma(a, b)
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m)
          .fma(a, b)
          .intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }
}
