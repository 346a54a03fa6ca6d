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
      store(load(x, xAt + 4L * i).neg(), y, yAt + 4L * i);
    }
  }

  private static void absAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(load(x, xAt + 4L * i).abs(), y, yAt + 4L * i);
    }
  }

  private static void signAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(sign(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
  }

  private static void squareAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(square(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
  }

  private static void sqrtAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(load(x, xAt + 4L * i).sqrt(), y, yAt + 4L * i);
    }
  }

  private static void reciprocalAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(all(1f).div(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
  }

  private static void expAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(VectorMath.exp(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
  }

  private static void logAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(VectorMath.log(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
  }

  private static void tanhAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(VectorMath.tanh(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
  }

  private static void sigmoidAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(VectorMath.sigmoid(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
  }

  private static void erfAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(VectorMath.erf(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
  }

  private static void reluAll(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      store(relu(load(x, xAt + 4L * i)), y, yAt + 4L * i);
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
