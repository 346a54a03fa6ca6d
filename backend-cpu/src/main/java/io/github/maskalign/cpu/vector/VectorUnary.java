package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.cpu.kernel.UnaryKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.UnaryOp;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Functions of one number; see {@link UnaryKernel}. */
public final class VectorUnary extends UnaryKernel {

  /** A kernel on the given threads. */
  public VectorUnary(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void apply(UnaryOp op, Operand x, Operand y, long from, int n) {
    int whole = n / L * L;
    map(op, x, y, from, whole);
    if (whole < n) {
      long bytes = 4L * (n - whole);
      Operand tail = scratch.takeTail();
      MemorySegment.copy(x.segment(), x.at(from + whole), tail.segment(), 0, bytes);
      map(op, tail, tail, 0, L);
      MemorySegment.copy(tail.segment(), 0, y.segment(), y.at(from + whole), bytes);
      scratch.give(tail);
    }
  }

  @Override
  protected void fill(float value, Operand y, long from, int n) {
    FloatVector all = broadcast(F32, value);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    int i = 0;
    for (; i <= n - L; i += L) {
      all.intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      all.intoMemorySegment(ys, yAt + 4L * i, ORDER, F32.indexInRange(0, n - i));
    }
  }

  @Override
  public void affine(float scale, float shift, Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    FloatVector a = broadcast(F32, scale);
    FloatVector b = broadcast(F32, shift);
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, xs, xAt + 4L * i, ORDER)
          .fma(a, b)
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, xs, xAt + 4L * i, ORDER, m)
          .fma(a, b)
          .intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  // One loop per operation, over whole vectors: C2 boxes vectors where branches of a loop meet, and
  // where a second copy of a function for the tail takes a method over its node limit.
  private static void map(UnaryOp op, Operand x, Operand y, long from, int n) {
    switch (op) {
      case NEG -> negAll(x, y, from, n);
      case ABS -> absAll(x, y, from, n);
      case SIGN -> signAll(x, y, from, n);
      case SQUARE -> squareAll(x, y, from, n);
      case SQRT -> sqrtAll(x, y, from, n);
      case RECIPROCAL -> reciprocalAll(x, y, from, n);
      case EXP -> expAll(x, y, from, n);
      case LOG -> logAll(x, y, from, n);
      case TANH -> tanhAll(x, y, from, n);
      case SIGMOID -> sigmoidAll(x, y, from, n);
      case ERF -> erfAll(x, y, from, n);
      case RELU -> reluAll(x, y, from, n);
    }
  }

  private static void negAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      fromMemorySegment(F32, xs, xAt + 4L * i, ORDER)
          .neg()
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void absAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      fromMemorySegment(F32, xs, xAt + 4L * i, ORDER)
          .abs()
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void signAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      sign(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void squareAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      square(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void sqrtAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      fromMemorySegment(F32, xs, xAt + 4L * i, ORDER)
          .sqrt()
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void reciprocalAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      broadcast(F32, 1f)
          .div(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void expAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      VectorMath.exp(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void logAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      VectorMath.log(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void tanhAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      VectorMath.tanh(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void sigmoidAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      VectorMath.sigmoid(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void erfAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      VectorMath.erf(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void reluAll(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      relu(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
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
}
