package io.github.maskalign.tensor.testing;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Storage;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Computes every operation in double precision together with an error bound for a backend of a
 * given precision: each primitive propagates the errors of its operands to first order and adds its
 * own roundings, a sum of n terms n of them (Higham, Accuracy and Stability of Numerical
 * Algorithms, chapter 3). As the fused operations keep their default bodies here, each result of
 * each operation gets a bound that follows from reduction lengths and magnitudes, with no tolerance
 * chosen by hand.
 */
final class Oracle implements Backend {

  /** Four units in the last place: what a backend may lose in exp, log, tanh, sigmoid and erf. */
  private static final double TRANSCENDENTAL = 8;

  /** Values and the bounds of their errors, for one storage. */
  private static final class Cells extends Storage {
    final double[] value;
    final double[] error;

    Cells(int count) {
      value = new double[count];
      error = new double[count];
    }

    @Override
    public long bytes() {
      return 8L * value.length;
    }

    @Override
    protected void free() {}
  }

  /** The elements of a tensor, row-major, and the bounds of their errors. */
  record Bounded(double[] value, double[] error) {
    Bounded(int count) {
      this(new double[count], new double[count]);
    }
  }

  private final double unit;
  private final double tiny;
  private final double largest;
  private final double factorError;

  /** Creates the oracle for a backend that computes in {@code precision}. */
  Oracle(DType precision) {
    this(precision, 0);
  }

  /** The same if factors of products are first rounded with a relative error. */
  Oracle(DType precision, double factorError) {
    this.factorError = factorError;
    boolean single = precision == DType.F32;
    unit = single ? 0x1p-24 : 0x1p-53;
    tiny = single ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    largest = single ? Float.MAX_VALUE : Double.MAX_VALUE;
  }

  /** Half the distance from 1 to the next number. */
  double unit() {
    return unit;
  }

  static Bounded read(Tensor x) {
    Cells cells = (Cells) x.storage();
    int[] at = positions(x.layout());
    Bounded elements = new Bounded(at.length);
    for (int i = 0; i < at.length; i++) {
      elements.value[i] = cells.value[at[i]];
      elements.error[i] = cells.error[at[i]];
    }
    return elements;
  }

  private static void write(Bounded elements, Tensor out) {
    Cells cells = (Cells) out.storage();
    int[] at = positions(out.layout());
    for (int i = 0; i < at.length; i++) {
      cells.value[at[i]] = elements.value[i];
      cells.error[at[i]] = elements.error[i];
    }
  }

  /** The place in the storage of each element, row-major. */
  private static int[] positions(Layout layout) {
    int[] positions = new int[Math.toIntExact(layout.shape().size())];
    for (int i = 0; i < positions.length; i++) {
      long position = layout.offset();
      int rest = i;
      for (int axis = layout.shape().rank() - 1; axis >= 0; axis--) {
        int dim = layout.shape().dim(axis);
        position += rest % dim * layout.stride(axis);
        rest /= dim;
      }
      positions[i] = Math.toIntExact(position);
    }
    return positions;
  }

  /** Sets a result that was rounded {@code roundings} times at magnitude {@code size}. */
  private void set(Bounded r, int i, double value, double passedOn, double roundings, double size) {
    boolean over = Math.abs(value) > largest;
    r.value[i] = over ? Math.copySign(Double.POSITIVE_INFINITY, value) : value;
    // Infinities and NaN are exact: every backend must compute them.
    boolean special = over || Double.isNaN(value);
    r.error[i] = special ? 0 : passedOn + (roundings == 0 ? 0 : roundings * unit * size + tiny);
  }

  private static double times(double error, double factor) {
    double product = error == 0 ? 0 : error * Math.abs(factor);
    // Of an error without bound nothing is known, whatever the factor.
    return Double.isNaN(product) && error == Double.POSITIVE_INFINITY ? error : product;
  }

  @Override
  public void fill(Tensor out, double value) {
    Bounded r = new Bounded(Math.toIntExact(out.size()));
    boolean exact = (float) value == value;
    for (int i = 0; i < r.value.length; i++) {
      set(r, i, value, 0, exact ? 0 : 1, Math.abs(value));
    }
    write(r, out);
  }

  @Override
  public void uniform(Philox draws, Tensor out) {
    Bounded r = new Bounded(Math.toIntExact(out.size()));
    Arrays.setAll(r.value, draws::uniform);
    write(r, out);
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    write(read(x), out);
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    Bounded a = read(x);
    Bounded r = new Bounded(a.value.length);
    for (int i = 0; i < a.value.length; i++) {
      double v = a.value[i];
      double e = a.error[i];
      double y = Textbook.apply(op, v);
      set(r, i, y, e == 0 ? 0 : spread(op, v, e), roundings(op), Math.abs(y));
    }
    write(r, out);
  }

  /** How far the result moves while the argument moves by e. All functions have few turns. */
  private static double spread(UnaryOp op, double x, double e) {
    double y = Textbook.apply(op, x);
    double low = Textbook.apply(op, op == UnaryOp.SQRT ? Math.max(0, x - e) : x - e);
    double spread = Math.max(Math.abs(low - y), Math.abs(Textbook.apply(op, x + e) - y));
    boolean pole = op == UnaryOp.RECIPROCAL && Math.abs(x) <= e || op == UnaryOp.LOG && x <= e;
    return pole ? Double.POSITIVE_INFINITY : spread;
  }

  private static double roundings(UnaryOp op) {
    return switch (op) {
      case NEG, ABS, SIGN, RELU -> 0;
      case SQUARE, SQRT, RECIPROCAL -> 1;
      case EXP, LOG, TANH, SIGMOID, ERF -> TRANSCENDENTAL;
    };
  }

  @Override
  public void affine(Tensor x, double scale, double shift, Tensor out) {
    Bounded a = read(x);
    Bounded r = new Bounded(a.value.length);
    for (int i = 0; i < a.value.length; i++) {
      double product = scale * a.value[i];
      double y = product + shift;
      // Factor, shift, product and sum may be rounded; a plain copy is not.
      double size = 2 * Math.abs(product) + Math.abs(shift) + Math.abs(y);
      boolean plain = Math.abs(scale) == 1 && shift == 0;
      set(r, i, y, times(a.error[i], scale), plain ? 0 : 1, size);
    }
    write(r, out);
  }

  @Override
  public void binary(BinaryOp op, Tensor x, Tensor y, Tensor out) {
    Bounded a = read(x);
    Bounded b = read(y);
    Bounded r = new Bounded(a.value.length);
    for (int i = 0; i < a.value.length; i++) {
      double value = Textbook.apply(op, a.value[i], b.value[i]);
      double passedOn = passedOn(op, a.value[i], a.error[i], b.value[i], b.error[i]);
      double roundings =
          switch (op) {
            case ADD, SUB, MUL, DIV -> 1;
            case MAX, MIN, GREATER_EQUAL, EQUAL -> 0;
          };
      set(r, i, value, passedOn, roundings, Math.abs(value));
    }
    write(r, out);
  }

  private static double passedOn(BinaryOp op, double a, double ea, double b, double eb) {
    return switch (op) {
      case ADD, SUB -> ea + eb;
      case MUL -> times(ea, b) + times(eb, a) + times(ea, eb);
      case DIV -> ea == 0 && eb == 0 ? 0 : (ea + times(eb, a / b)) / Math.max(0, Math.abs(b) - eb);
      case MAX, MIN -> Math.max(ea, eb);
      case GREATER_EQUAL, EQUAL -> ea + eb > 0 && Math.abs(a - b) <= ea + eb ? 1 : 0;
    };
  }

  @Override
  public void reduce(Reduction op, Tensor x, Tensor out) {
    Bounded a = read(x);
    Bounded r = new Bounded(Math.toIntExact(out.size()));
    int groups = r.value.length;
    double[] size = new double[groups];
    Arrays.fill(r.value, op == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY);
    for (int i = 0; i < a.value.length; i++) {
      int at = Textbook.foldedInto(i, x.shape(), out.shape());
      switch (op) {
        case SUM -> {
          r.value[at] += a.value[i];
          r.error[at] += a.error[i];
          size[at] += Math.abs(a.value[i]);
        }
        case MAX -> {
          r.value[at] = Math.max(r.value[at], a.value[i]);
          r.error[at] = Math.max(r.error[at], a.error[i]);
        }
      }
    }
    double length = groups == 0 ? 0 : (double) a.value.length / groups;
    for (int i = 0; i < groups; i++) {
      set(r, i, r.value[i], r.error[i], op == Reduction.SUM ? length : 0, size[i]);
    }
    write(r, out);
  }

  @Override
  public void matmul(Tensor x, Tensor y, Tensor out) {
    Bounded a = read(x);
    Bounded b = read(y);
    Bounded r = new Bounded(Math.toIntExact(out.size()));
    int m = x.dim(-2);
    int k = x.dim(-1);
    int n = y.dim(-1);
    for (int i = 0; i < r.value.length; i++) {
      int row = i / n * k;
      int column = i / (m * n) * k * n + i % n;
      double sum = 0;
      double size = 0;
      double passedOn = 0;
      for (int p = 0; p < k; p++) {
        double left = a.value[row + p];
        double right = b.value[column + p * n];
        sum += left * right;
        size += Math.abs(left * right);
        double ea = a.error[row + p] + factorError(left);
        double eb = b.error[column + p * n] + factorError(right);
        passedOn += times(ea, right) + times(eb, left) + times(ea, eb);
      }
      set(r, i, sum, passedOn, k, size);
    }
    write(r, out);
  }

  private double factorError(double factor) {
    boolean rounded = factorError > 0 && Double.isFinite(factor) && factor != 0;
    return rounded ? factorError * Math.abs(factor) + tiny : 0;
  }

  @Override
  public void gatherTokens(Tensor x, Tensor ids, Tensor out) {
    Bounded a = read(x);
    Bounded r = new Bounded(Math.toIntExact(out.size()));
    double[] id = read(ids).value;
    int width = x.dim(2);
    for (int i = 0; i < r.value.length; i++) {
      int from = source(id, ids.dim(1), i / width, x.dim(1)) * width + i % width;
      r.value[i] = a.value[from];
      r.error[i] = a.error[from];
    }
    write(r, out);
  }

  @Override
  public void scatterTokens(Tensor g, Tensor ids, Tensor out) {
    Bounded a = read(g);
    Bounded r = new Bounded(Math.toIntExact(out.size()));
    double[] id = read(ids).value;
    int width = g.dim(2);
    double[] size = new double[r.value.length];
    for (int i = 0; i < a.value.length; i++) {
      int to = source(id, ids.dim(1), i / width, out.dim(1)) * width + i % width;
      r.value[to] += a.value[i];
      r.error[to] += a.error[i];
      size[to] += Math.abs(a.value[i]);
    }
    for (int i = 0; i < r.value.length; i++) {
      set(r, i, r.value[i], r.error[i], ids.dim(1), size[i]);
    }
    write(r, out);
  }

  /** The row of the flattened {@code [B * tokens, D]} that the id at a position selects. */
  private static int source(double[] ids, int idsPerImage, int at, int tokens) {
    return at / idsPerImage * tokens + (int) ids[at];
  }

  // ---- memory ----

  @Override
  public String name() {
    return "oracle";
  }

  @Override
  public String description() {
    return "double precision with error bounds";
  }

  @Override
  public Storage allocate(long bytes) {
    // Enough cells for the narrowest type.
    return new Cells(Math.toIntExact(bytes / DType.U8.bytes()));
  }

  @Override
  public MemoryStats memory() {
    return new MemoryStats(0, 0, 0);
  }

  @Override
  public void upload(MemorySegment source, Tensor target) {
    Bounded r = new Bounded(Math.toIntExact(target.size()));
    for (int i = 0; i < r.value.length; i++) {
      r.value[i] =
          switch (target.dtype()) {
            case F64 -> source.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
            case I64 -> source.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i);
            case I32 -> source.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
            case F32, F16, BF16, U8 -> throw new AssertionError("not on the oracle: " + target);
          };
    }
    write(r, target);
  }

  @Override
  public void download(Tensor source, MemorySegment target) {
    double[] values = read(source).value;
    MemorySegment.copy(values, 0, target, ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, values.length);
  }

  @Override
  public void close() {}
}
