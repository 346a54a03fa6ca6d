package io.github.maskalign.tensor.reference;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Plain loops in double precision: always available, and the oracle of the tests of other backends.
 * Every operation reads its operands into row-major arrays, computes, and writes the result; fused
 * operations use their default bodies.
 *
 * @since 0.1.0
 */
public final class ReferenceBackend implements Backend {

  private final HostPool pool;

  /** Creates a reference backend that allocates from a pool, which it closes. */
  public ReferenceBackend(HostPool pool) {
    this.pool = pool;
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "reference (plain Java loops, 1 thread)";
  }

  @Override
  public HostStorage allocate(long bytes) {
    return pool.allocate(bytes);
  }

  @Override
  public boolean computesInHostMemory() {
    return true;
  }

  @Override
  public MemoryStats memory() {
    return pool.stats();
  }

  @Override
  public void upload(MemorySegment source, Tensor target) {
    window(target).copyFrom(source);
  }

  @Override
  public void download(Tensor source, MemorySegment target) {
    target.copyFrom(window(source));
  }

  private static MemorySegment window(Tensor x) {
    long bytes = x.dtype().bytes();
    return Elements.segment(x).asSlice(x.layout().offset() * bytes, x.size() * bytes);
  }

  @Override
  public void close() {
    pool.close();
  }

  @Override
  public void fill(Tensor out, double value) {
    double[] values = new double[Math.toIntExact(out.size())];
    Arrays.fill(values, value);
    Elements.write(values, out);
  }

  @Override
  public void uniform(Philox draws, Tensor out) {
    double[] values = new double[Math.toIntExact(out.size())];
    Arrays.setAll(values, draws::uniform);
    Elements.write(values, out);
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    if (x.dtype().isFloating() || out.dtype().isFloating()) {
      Elements.write(Elements.read(x), out);
    } else {
      Elements.writeIntegers(Elements.readIntegers(x), out);
    }
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    double[] values = Elements.read(x);
    for (int i = 0; i < values.length; i++) {
      values[i] = apply(op, values[i]);
    }
    Elements.write(values, out);
  }

  private static double apply(UnaryOp op, double x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case ERF -> ErrorFunction.erf(x);
      case RELU -> Math.max(x, 0);
    };
  }

  @Override
  public void affine(Tensor x, double scale, double shift, Tensor out) {
    double[] values = Elements.read(x);
    for (int i = 0; i < values.length; i++) {
      values[i] = scale * values[i] + shift;
    }
    Elements.write(values, out);
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    double[] x = Elements.read(a);
    double[] y = Elements.read(b);
    for (int i = 0; i < x.length; i++) {
      x[i] = apply(op, x[i], y[i]);
    }
    Elements.write(x, out);
  }

  private static double apply(BinaryOp op, double a, double b) {
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

  @Override
  public void reduce(Reduction op, Tensor x, Tensor out) {
    double[] values = Elements.read(x);
    double[] result = new double[Math.toIntExact(out.size())];
    Arrays.fill(result, op == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY);
    int[] target = targets(x.shape(), out.shape());
    for (int i = 0; i < values.length; i++) {
      int at = target[i];
      result[at] = op == Reduction.SUM ? result[at] + values[i] : Math.max(result[at], values[i]);
    }
    Elements.write(result, out);
  }

  /** For each element of {@code from}, the element of {@code to} that accumulates it. */
  private static int[] targets(Shape from, Shape to) {
    int[] targets = new int[Math.toIntExact(from.size())];
    for (int i = 0; i < targets.length; i++) {
      int rest = i;
      int stride = 1;
      for (int axis = from.rank() - 1; axis >= 0; axis--) {
        int at = rest % from.dim(axis);
        rest /= from.dim(axis);
        if (to.dim(axis) != 1) {
          targets[i] += at * stride;
          stride *= to.dim(axis);
        }
      }
    }
    return targets;
  }

  @Override
  public void matmul(Tensor a, Tensor b, Tensor out) {
    double[] x = Elements.read(a);
    double[] y = Elements.read(b);
    int m = a.dim(-2);
    int k = a.dim(-1);
    int n = b.dim(-1);
    double[] result = new double[Math.toIntExact(out.size())];
    int batches = m * n == 0 ? 0 : result.length / (m * n);
    for (int batch = 0; batch < batches; batch++) {
      for (int i = 0; i < m; i++) {
        int row = (batch * m + i) * n;
        for (int p = 0; p < k; p++) {
          double factor = x[(batch * m + i) * k + p];
          int line = (batch * k + p) * n;
          for (int j = 0; j < n; j++) {
            result[row + j] += factor * y[line + j];
          }
        }
      }
    }
    Elements.write(result, out);
  }

  @Override
  public void gatherTokens(Tensor x, Tensor ids, Tensor out) {
    double[] values = Elements.read(x);
    int[] rows = rows(ids, x.dim(1));
    int width = x.dim(2);
    double[] result = new double[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, rows[i] * width, result, i * width, width);
    }
    Elements.write(result, out);
  }

  @Override
  public void scatterTokens(Tensor g, Tensor ids, Tensor out) {
    double[] values = Elements.read(g);
    int[] rows = rows(ids, out.dim(1));
    int width = out.dim(2);
    double[] result = new double[Math.toIntExact(out.size())];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < width; j++) {
        result[rows[i] * width + j] += values[i * width + j];
      }
    }
    Elements.write(result, out);
  }

  /** The row of the flattened {@code [B * tokens, D]} that each id selects. */
  private static int[] rows(Tensor ids, int tokens) {
    long[] values = Elements.readIntegers(ids);
    int[] rows = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= tokens) {
        throw ShapeException.ofTokenId(values[i], tokens);
      }
      rows[i] = i / ids.dim(1) * tokens + (int) values[i];
    }
    return rows;
  }
}
