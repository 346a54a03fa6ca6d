package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;

/** Base of the suites: generators of shapes, and the comparison of a backend with the oracle. */
public abstract class BackendContract implements BackendFactory {

  /** The oracle's bound counts the roundings of the default body; another body has others. */
  private static final double SLACK = 2;

  static final DType[] PRECISIONS = {DType.F32, DType.F64};

  /** Makes results out of operands, on any backend. */
  @FunctionalInterface
  public interface Computation {
    /** Runs on the given operations; the operands are in the order in which they were given. */
    List<Tensor> run(Eager ops, List<Tensor> operands);
  }

  /** A computation with one operand and one result. */
  @FunctionalInterface
  public interface OfOne {
    /** Runs on the given operations. */
    Tensor run(Eager ops, Tensor x);
  }

  /** A computation with two operands and one result. */
  @FunctionalInterface
  public interface OfTwo {
    /** Runs on the given operations. */
    Tensor run(Eager ops, Tensor a, Tensor b);
  }

  /** A result brought to Java. */
  record Result(DType dtype, Shape shape, double[] values) {
    static Result of(Tensor x) {
      return new Result(x.dtype(), x.shape(), x.toDoubles());
    }
  }

  /**
   * Compares the backend with the oracle, in both precisions and with 1 and 2 threads, and with its
   * peer, if it has one, from which it may be as far as from the oracle.
   */
  final void checkAll(Computation computation, Operand... operands) {
    checkAll(SLACK, computation, operands);
  }

  /** The same for a body that rounds more often than the default one, by a known factor. */
  final void checkAll(double slack, Computation computation, Operand... operands) {
    for (DType precision : PRECISIONS) {
      List<Result> actual = run(1, true, precision, computation, operands);
      List<Expected> exact = exact(precision, computation, operands);
      assertWithinBounds(slack, actual, precision, exact);
      List<Result> peers = runOnPeer(precision, computation, operands);
      for (int i = 0; i < peers.size(); i++) {
        String what = "%s result %d, beside the peer's".formatted(precision, i);
        assertNear(slack, exact.get(i), peers.get(i).values, actual.get(i), what);
      }
      assertSameBits(actual, run(2, true, precision, computation, operands), "1 and 2 threads");
    }
  }

  final void check(OfOne computation, Operand x) {
    checkAll((ops, in) -> List.of(computation.run(ops, in.get(0))), x);
  }

  final void check(OfTwo computation, Operand a, Operand b) {
    checkAll((ops, in) -> List.of(computation.run(ops, in.get(0), in.get(1))), a, b);
  }

  /** Runs on a new backend and checks that no memory remains allocated. */
  final List<Result> run(
      int threads, boolean poison, DType precision, Computation computation, Operand... operands) {
    try (Backend backend = open(threads, new HostPool(Long.MAX_VALUE, poison))) {
      List<Result> results = run(backend, precision, computation, operands);
      assertEquals(0, backend.memory().live(), "bytes live after the scope closed");
      return results;
    }
  }

  private List<Result> runOnPeer(DType precision, Computation computation, Operand... operands) {
    Optional<Backend> opened = openPeer();
    if (opened.isEmpty()) {
      return List.of();
    }
    try (Backend peer = opened.get()) {
      return run(peer, precision, computation, operands);
    }
  }

  private static List<Result> run(
      Backend backend, DType precision, Computation computation, Operand... operands) {
    try (Scope scope = Scope.root(backend, "test")) {
      Eager ops = scope.eager();
      List<Tensor> in = Arrays.stream(operands).map(x -> x.on(ops, precision)).toList();
      return computation.run(ops, in).stream().map(Result::of).toList();
    }
  }

  /** An exact result, and how far rounding may take another from it. */
  private record Expected(Shape shape, double[] values, double[] errors) {
    static Expected of(Tensor x) {
      Oracle.Bounded bounded = Oracle.read(x);
      return new Expected(x.shape(), bounded.value(), bounded.error());
    }
  }

  private List<Expected> exact(DType precision, Computation computation, Operand... operands) {
    double factorError = precision == DType.F32 ? factorError() : 0;
    try (Scope scope = Scope.root(new Oracle(precision, factorError), "oracle")) {
      Eager ops = scope.eager();
      List<Tensor> in = Arrays.stream(operands).map(x -> x.on(ops, DType.F64)).toList();
      return computation.run(ops, in).stream().map(Expected::of).toList();
    }
  }

  private static void assertWithinBounds(
      double slack, List<Result> actual, DType precision, List<Expected> exact) {
    assertEquals(exact.size(), actual.size(), "number of results");
    for (int i = 0; i < exact.size(); i++) {
      Result result = actual.get(i);
      assertEquals(precision, result.dtype, "type of result " + i);
      assertEquals(exact.get(i).shape, result.shape, "shape of result " + i);
      assertNear(slack, exact.get(i), exact.get(i).values, result, precision + " result " + i);
    }
  }

  private static void assertNear(
      double slack, Expected exact, double[] other, Result actual, String what) {
    for (int i = 0; i < actual.values.length; i++) {
      double want = other[i];
      double got = actual.values[i];
      double bound = slack * exact.errors[i];
      boolean same = want == got || Double.isNaN(want) && Double.isNaN(got);
      boolean near = Double.isFinite(want) && Math.abs(want - got) <= bound;
      if (!same && !near) {
        throw new AssertionError(
            "%s %s at %d: expected %s within %s, got %s"
                .formatted(what, actual.shape, i, want, bound, got));
      }
    }
  }

  /** Compares all results bit by bit, but for the payload of NaN. */
  static void assertSameBits(List<Result> a, List<Result> b, String what) {
    assertEquals(a.size(), b.size(), what);
    for (int i = 0; i < a.size(); i++) {
      assertArrayEquals(a.get(i).values, b.get(i).values, what + ": result " + i);
    }
  }

  /** Sizes of axes: none, one, odd, prime, a lane width and one beyond it. */
  static Arbitrary<Integer> sizes() {
    return Arbitraries.of(1, 2, 3, 0, 5, 7, 8, 13, 16, 17, 31, 33);
  }

  /** Shapes of 0 to 4 axes. */
  @Provide
  Arbitrary<int[]> shapes() {
    return shapes(0, 4);
  }

  /** Shapes of at least one axis. */
  @Provide
  Arbitrary<int[]> rows() {
    return shapes(1, 3);
  }

  static Arbitrary<int[]> shapes(int fewest, int max) {
    return sizes()
        .array(int[].class)
        .ofMinSize(fewest)
        .ofMaxSize(max)
        .filter(dims -> Shape.of(dims).size() <= 3000);
  }
}
