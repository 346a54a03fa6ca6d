package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.tensor.op.BinaryOp;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loops of {@link BinaryKernel}: one an operation, as C2 boxes vectors where the branches
 * of a loop meet. An operand advances 4 bytes an element, or 0 and then is one vector of equal
 * numbers.
 */
final class BinaryLoops {
  private BinaryLoops() {}

  static void run(
      BinaryOp op,
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    switch (op) {
      case ADD -> add(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case SUB -> sub(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case MUL -> mul(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case DIV -> div(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case MAX -> max(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case MIN -> min(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case GREATER_EQUAL -> greaterEqual(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case EQUAL -> equal(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
    }
  }

  static float scalar(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case GREATER_EQUAL -> a >= b ? 1f : 0f;
      case EQUAL -> a == b ? 1f : 0f;
    };
  }

  private static void add(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER);
      p.add(q).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER, m);
      p.add(q).intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  private static void sub(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER);
      p.sub(q).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER, m);
      p.sub(q).intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  private static void mul(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER);
      p.mul(q).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER, m);
      p.mul(q).intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  private static void div(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER);
      p.div(q).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER, m);
      p.div(q).intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  private static void max(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER);
      p.max(q).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER, m);
      p.max(q).intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  private static void min(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER);
      p.min(q).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER, m);
      p.min(q).intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  private static void greaterEqual(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER);
      zero(F32)
          .blend(1f, p.compare(VectorOperators.GE, q))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER, m);
      zero(F32)
          .blend(1f, p.compare(VectorOperators.GE, q))
          .intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  private static void equal(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER);
      zero(F32)
          .blend(1f, p.compare(VectorOperators.EQ, q))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, a, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, b, bAt + bStep * i, ORDER, m);
      zero(F32)
          .blend(1f, p.compare(VectorOperators.EQ, q))
          .intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }
}
