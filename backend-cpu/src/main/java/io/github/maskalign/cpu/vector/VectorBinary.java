package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.kernel.BinaryKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.BinaryOp;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of two numbers; see {@link BinaryKernel}. One loop per operation, as C2 boxes vectors
 * where the branches of a loop meet. In the loops, steps are in bytes: an operand advances 4 bytes
 * per element, or 0 and then is one vector of equal numbers.
 */
public final class VectorBinary extends BinaryKernel {

  /** A kernel on the given threads. */
  public VectorBinary(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void rows(BinaryOp op, Rows all, long row, long end, int from, int n) {
    Operand lanes = scratch.takeTail();
    for (long r = row; r < end; r++) {
      long a = all.aAt(r, from);
      long b = all.bAt(r, from);
      long y = all.yAt(r, from);
      if (all.aStep() == 0) {
        fill(lanes, all.a().get(a));
        run(op, lanes, 0, 0, all.b(), b, 4, all.y(), y, n);
      } else if (all.bStep() == 0) {
        fill(lanes, all.b().get(b));
        run(op, all.a(), a, 4, lanes, 0, 0, all.y(), y, n);
      } else {
        run(op, all.a(), a, 4, all.b(), b, 4, all.y(), y, n);
      }
    }
    scratch.give(lanes);
  }

  private static void fill(Operand lanes, float number) {
    broadcast(F32, number).intoMemorySegment(lanes.segment(), 0, ORDER);
  }

  private static void run(
      BinaryOp op,
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    switch (op) {
      case ADD -> add(a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
      case SUB -> sub(a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
      case MUL -> mul(a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
      case DIV -> div(a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
      case MAX -> max(a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
      case MIN -> min(a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
      case GREATER_EQUAL -> greaterEqual(a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
      case EQUAL -> equal(a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
    }
  }

  private static void add(
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(aFrom);
    MemorySegment bs = b.segment();
    long bAt = b.at(bFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER);
      p.add(q).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER, m);
      p.add(q).intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  private static void sub(
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(aFrom);
    MemorySegment bs = b.segment();
    long bAt = b.at(bFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER);
      p.sub(q).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER, m);
      p.sub(q).intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  private static void mul(
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(aFrom);
    MemorySegment bs = b.segment();
    long bAt = b.at(bFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER);
      p.mul(q).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER, m);
      p.mul(q).intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  private static void div(
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(aFrom);
    MemorySegment bs = b.segment();
    long bAt = b.at(bFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER);
      p.div(q).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER, m);
      p.div(q).intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  private static void max(
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(aFrom);
    MemorySegment bs = b.segment();
    long bAt = b.at(bFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER);
      p.max(q).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER, m);
      p.max(q).intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  private static void min(
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(aFrom);
    MemorySegment bs = b.segment();
    long bAt = b.at(bFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER);
      p.min(q).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER, m);
      p.min(q).intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  private static void greaterEqual(
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(aFrom);
    MemorySegment bs = b.segment();
    long bAt = b.at(bFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER);
      zero(F32)
          .blend(1f, p.compare(VectorOperators.GE, q))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER, m);
      zero(F32)
          .blend(1f, p.compare(VectorOperators.GE, q))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  private static void equal(
      Operand a,
      long aFrom,
      long aStep,
      Operand b,
      long bFrom,
      long bStep,
      Operand y,
      long yFrom,
      int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(aFrom);
    MemorySegment bs = b.segment();
    long bAt = b.at(bFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER);
      zero(F32)
          .blend(1f, p.compare(VectorOperators.EQ, q))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + aStep * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + bStep * i, ORDER, m);
      zero(F32)
          .blend(1f, p.compare(VectorOperators.EQ, q))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }
}
