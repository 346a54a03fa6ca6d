package peers.work;

import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import peers.contest.Contender;
import peers.contest.Contest;
import peers.contest.Result;

/** Compares the matrix product with OpenBLAS's, and with itself on fewer threads. */
public final class ProductPeers {

  /** The linear layers of ViT-B and ViT-S: 60 tokens x 16 images, 197 tokens x 8. */
  public static final List<Shape> TWELVE =
      List.of(
          new Shape(960, 768, 768, "NN"),
          new Shape(960, 2304, 768, "NN"),
          new Shape(960, 3072, 768, "NN"),
          new Shape(960, 768, 3072, "NN"),
          new Shape(1576, 768, 768, "NN"),
          new Shape(1576, 2304, 768, "NN"),
          new Shape(1576, 3072, 768, "NN"),
          new Shape(1576, 768, 3072, "NN"),
          new Shape(960, 768, 3072, "NT"),
          new Shape(768, 3072, 960, "TN"),
          new Shape(960, 384, 384, "NN"),
          new Shape(960, 1536, 384, "NN"));

  /** Prefix of a product's name in results. */
  public static final String PREFIX = "sgemm ";

  private ProductPeers() {}

  /** {@code a [m, k] x b [k, n]}, each optionally stored transposed. */
  public record Shape(int m, int n, int k, String order) {

    boolean turnedA() {
      return order.charAt(0) == 'T';
    }

    boolean turnedB() {
      return order.charAt(1) == 'T';
    }

    long flops() {
      return 2L * m * n * k;
    }

    @Override
    public String toString() {
      return PREFIX + m + "x" + n + "x" + k + " " + order;
    }
  }

  /** Our product and that of OpenBLAS. */
  public static Result besideOpenBlas(Contest contest, Scope scope, Shape shape) {
    int m = shape.m;
    int n = shape.n;
    int k = shape.k;
    float[] a = values(m * k);
    float[] b = values(k * n);
    try (FloatPointer peerA = new FloatPointer(a);
        FloatPointer peerB = new FloatPointer(b);
        FloatPointer peerC = new FloatPointer((long) m * n);
        Scope operands = scope.child("operands")) {
      Contender theirs =
          () ->
              openblas_nolapack.cblas_sgemm(
                  openblas_nolapack.CblasRowMajor,
                  transposition(shape.turnedA()),
                  transposition(shape.turnedB()),
                  m,
                  n,
                  k,
                  1,
                  peerA,
                  shape.turnedA() ? m : k,
                  peerB,
                  shape.turnedB() ? k : n,
                  0,
                  peerC,
                  n);
      Contender ours = product(operands, shape, a, b);
      theirs.run();
      compare(operands, shape, a, b, peerC);
      return contest.run(shape.toString(), ours, "OpenBLAS", theirs);
    }
  }

  private static int transposition(boolean turned) {
    return turned ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
  }

  /** The same product in two scopes, of backends with more and with fewer threads. */
  public static Result besideItself(Contest contest, Scope more, Scope fewer, Shape shape) {
    float[] a = values(shape.m * shape.k);
    float[] b = values(shape.k * shape.n);
    try (Scope first = more.child("operands");
        Scope second = fewer.child("operands")) {
      return contest.run(
          shape.toString(), product(first, shape, a, b), "1 thread", product(second, shape, a, b));
    }
  }

  private static Contender product(Scope scope, Shape shape, float[] a, float[] b) {
    Tensor left = operand(scope, a, shape.m, shape.k, shape.turnedA());
    Tensor right = operand(scope, b, shape.k, shape.n, shape.turnedB());
    return () -> {
      try (Scope inner = scope.child("round")) {
        inner.eager().matmul(left, right);
      }
    };
  }

  private static Tensor operand(
      Scope scope, float[] values, int rows, int columns, boolean turned) {
    return turned
        ? scope.eager().of(values, columns, rows).transpose()
        : scope.eager().of(values, rows, columns);
  }

  private static void compare(
      Scope scope, Shape shape, float[] a, float[] b, FloatPointer expected) {
    Tensor left = operand(scope, a, shape.m, shape.k, shape.turnedA());
    Tensor right = operand(scope, b, shape.k, shape.n, shape.turnedB());
    float[] found = left.matmul(right).toFloats();
    for (int i = 0; i < found.length; i++) {
      if (!(Math.abs(found[i] - expected.get(i)) <= 1e-6 * shape.k)) {
        throw new IllegalStateException(
            shape + " at " + i + ": " + found[i] + ", OpenBLAS " + expected.get(i));
      }
    }
  }

  private static float[] values(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}
