package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.all;
import static io.github.maskalign.cpu.Mem.first;
import static io.github.maskalign.cpu.Mem.load;
import static io.github.maskalign.cpu.Mem.store;

import io.github.maskalign.tensor.UnaryOp;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Functions of one number, over contiguous data. Input and output may be the same block. */
final class UnaryKernel {
  private final Workers workers;

  UnaryKernel(Workers workers) {
    this.workers = workers;
  }

  /** y[i] = op(x[i]) for i below n; offsets in elements. */
  void apply(UnaryOp op, MemorySegment x, long xOffset, MemorySegment y, long yOffset, long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          map(op, x, 4 * (xOffset + from), y, 4 * (yOffset + from), length);
        });
  }

  /** y[i] = value. */
  void fill(float value, MemorySegment y, long yOffset, long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          FloatVector all = all(value);
          long at = 4 * (yOffset + from);
          int i = 0;
          for (; i <= length - L; i += L) {
            store(all, y, at + 4L * i);
          }
          if (i < length) {
            store(all, y, at + 4L * i, first(length - i));
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

  // One loop a costly function: C2 keeps vectors in registers only where everything is inlined.
  private static void map(UnaryOp op, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    switch (op) {
      case EXP -> exp(x, xAt, y, yAt, n);
      case LOG -> log(x, xAt, y, yAt, n);
      case TANH -> tanh(x, xAt, y, yAt, n);
      case SIGMOID -> sigmoid(x, xAt, y, yAt, n);
      case ERF -> erf(x, xAt, y, yAt, n);
      case NEG, ABS, SIGN, SQUARE, SQRT, RECIPROCAL, RELU -> cheap(op, x, xAt, y, yAt, n);
    }
  }

  private static void cheap(
      UnaryOp op, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      store(cheap(op, load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      store(cheap(op, load(x, xAt + 4L * i, m)), y, yAt + 4L * i, m);
    }
  }

  private static FloatVector cheap(UnaryOp op, FloatVector v) {
    return switch (op) {
      case NEG -> v.neg();
      case ABS -> v.abs();
      case SIGN -> sign(v);
      case SQUARE -> v.mul(v);
      case SQRT -> v.sqrt();
      case RECIPROCAL -> all(1f).div(v);
      // Blending keeps NaN, which a comparison never selects.
      case RELU -> v.blend(0f, v.compare(VectorOperators.LT, 0f));
      case EXP, LOG, TANH, SIGMOID, ERF -> throw new AssertionError(op);
    };
  }

  private static FloatVector sign(FloatVector v) {
    FloatVector positive = v.blend(1f, v.compare(VectorOperators.GT, 0f));
    return positive.blend(-1f, v.compare(VectorOperators.LT, 0f));
  }

  private static void exp(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      store(VectorMath.exp(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      store(VectorMath.exp(load(x, xAt + 4L * i, m)), y, yAt + 4L * i, m);
    }
  }

  private static void log(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      store(VectorMath.log(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      store(VectorMath.log(load(x, xAt + 4L * i, m)), y, yAt + 4L * i, m);
    }
  }

  private static void tanh(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      store(VectorMath.tanh(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      store(VectorMath.tanh(load(x, xAt + 4L * i, m)), y, yAt + 4L * i, m);
    }
  }

  private static void sigmoid(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      store(VectorMath.sigmoid(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      store(VectorMath.sigmoid(load(x, xAt + 4L * i, m)), y, yAt + 4L * i, m);
    }
  }

  private static void erf(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      store(VectorMath.erf(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      store(VectorMath.erf(load(x, xAt + 4L * i, m)), y, yAt + 4L * i, m);
    }
  }

  private static void affineChunk(
      float scale, float shift, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    FloatVector a = all(scale);
    FloatVector b = all(shift);
    int i = 0;
    for (; i <= n - L; i += L) {
      store(load(x, xAt + 4L * i).fma(a, b), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      store(load(x, xAt + 4L * i, m).fma(a, b), y, yAt + 4L * i, m);
    }
  }
}
