package io.github.maskalign.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a tape records, returns and rejects. */
class TapeTest {

  private final GradientFixture given = new GradientFixture();

  @AfterEach
  void close() {
    given.close();
  }

  @Test
  void fluentUseThroughWatch() {
    Tensor weight = given.ops().of(new double[] {2, -1}, 2, 1);
    Tensor x = given.ops().of(new double[] {1, 2, 3, 4}, 2, 2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      Tensor w = tape.watch(weight);
      Tensor loss = x.matmul(w).square().sum().add(w.square().sum().scale(0.5));
      assertEquals(6.5, loss.item(), 1e-12);
      // x w = [0, 2], so the gradient is 2 x^T [0, 2] + w.
      double[] gradient = tape.backward(loss).of(weight).toDoubles();
      assertArrayEquals(new double[] {14, 15}, gradient, 1e-12);
    }
  }

  @Test
  void watchingTwiceCountsOnce() {
    Tensor x = given.ops().of(new double[] {3}, 1);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      Tensor loss = tape.watch(x).mul(tape.watch(x)).sum();
      assertArrayEquals(new double[] {6}, tape.backward(loss).of(x).toDoubles());
    }
  }

  @Test
  void onlyWhatDependsOnAWatchedTensorIsRecorded() {
    Tensor a = given.normal(2);
    Tensor b = given.normal(2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(a));
      Tensor constant = tape.mul(b, b);
      assertEquals(0, tape.size());
      tape.add(tape.mul(a, constant), b);
      assertEquals(2, tape.size());
    }
  }

  @Test
  void unusedAndUnwatchedTensorsHaveNoGradient() {
    Tensor used = given.normal(2);
    Tensor unused = given.normal(2);
    Tensor unwatched = given.normal(2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(used, unused));
      tape.unary(UnaryOp.EXP, unused);
      Gradients gradients = tape.backward(tape.sum(tape.mul(used, unwatched), false));
      assertArrayEquals(unwatched.toDoubles(), gradients.of(used).toDoubles());
      assertNull(gradients.of(unused));
      assertNull(gradients.of(unwatched));
    }
  }

  @Test
  void gradientsOfValuesMadeOnTheTape() {
    Tensor x = given.ops().of(new double[] {1, 2}, 2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      Tensor hidden = tape.watch(x).square();
      tape.watchAll(List.of(hidden));
      Gradients gradients = tape.backward(tape.sum(tape.mul(hidden, hidden), false));
      assertArrayEquals(new double[] {2, 8}, gradients.of(hidden).toDoubles());
      assertArrayEquals(new double[] {4, 32}, gradients.of(x).toDoubles());
    }
  }

  @Test
  void gradientsAreContiguousAndOfTheirTensorsShape() {
    Tensor x = given.normal(2, 3);
    Tensor y = given.normal(3, 2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x, y));
      Tensor loss = tape.add(tape.sum(x, false), tape.sum(tape.mul(tape.transpose(y), x), false));
      Gradients gradients = tape.backward(loss);
      for (Tensor leaf : List.of(x, y)) {
        Tensor gradient = gradients.of(leaf);
        assertEquals(leaf.shape(), gradient.shape());
        assertTrue(gradient.layout().isContiguous());
        assertEquals(gradient, gradients.of(leaf));
      }
    }
  }

  @Test
  void lossMustBeOneNumber() {
    Tensor x = given.normal(3);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      Tensor y = tape.watch(x).square();
      ShapeException refused = assertThrows(ShapeException.class, () -> tape.backward(y));
      assertTrue(refused.getMessage().contains("[3]"), refused.getMessage());
      assertEquals(3, tape.backward(y.sum().reshape(1, 1)).of(x).size());
    }
  }

  @Test
  void secondBackwardIsRefused() {
    Tensor x = given.normal(3);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      Tensor loss = tape.watch(x).square().sum();
      tape.backward(loss);
      assertThrows(ClosedException.class, () -> tape.backward(loss));
    }
  }

  @Test
  void afterBackwardNothingIsRecordedAnyMore() {
    Tensor x = given.normal(3);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.backward(tape.watch(x).square().sum());
      tape.affine(x, 2, 0);
      assertEquals(0, tape.size());
    }
  }

  @Test
  void nestedWithinIsRecorded() {
    Tensor x = given.ops().of(new double[] {2}, 1);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x));
      Tensor y =
          tape.within(
              "outer",
              o -> {
                Tensor square = o.mul(x, x);
                Tensor cube = o.within("inner", i -> i.mul(i.affine(square, 1, 0), x));
                Tensor sum = o.add(cube, square);
                o.discard(square);
                return sum;
              });
      assertArrayEquals(new double[] {16}, tape.backward(tape.sum(y, false)).of(x).toDoubles());
    }
  }

  @Test
  void modelAndTapeOfAClosedScopeAreRefused() {
    Tape tape = Tape.open(given.scope(), "the step");
    Tensor y = tape.full(DType.F64, Shape.of(), 1);
    tape.close();
    assertTrue(y.isClosed());
    ClosedException closed = assertThrows(ClosedException.class, () -> tape.affine(y, 1, 0));
    assertTrue(closed.getMessage().contains("the step"), closed.getMessage());
  }

  @Test
  void modelsOnTwoThreadsDoNotMeet() throws Exception {
    double[] alone = train(1);
    double[] other = train(2);
    assertFalse(Arrays.equals(alone, other));
    CountDownLatch together = new CountDownLatch(2);
    try (var threads = Executors.newFixedThreadPool(2)) {
      var first = threads.submit(() -> trainTogether(together, 1));
      var second = threads.submit(() -> trainTogether(together, 2));
      assertArrayEquals(alone, first.get());
      assertArrayEquals(other, second.get());
    }
  }

  private double[] trainTogether(CountDownLatch together, int seed) throws InterruptedException {
    together.countDown();
    together.await();
    return train(seed);
  }

  /** Gradient descent of a small model; both threads use one backend. */
  private double[] train(int seed) {
    try (TinyModel model = new TinyModel(given.scope().backend(), seed)) {
      for (int i = 0; i < 20; i++) {
        model.step();
      }
      return model.weights();
    }
  }

  /** A sum passes one gradient to both operands; accumulating into one leaves the other. */
  @Test
  void addingToAGradientLeavesThoseItSharesMemoryWith() {
    Tensor a = given.ops().of(new double[] {1, 2}, 2);
    Tensor b = given.ops().of(new double[] {3, 4}, 2);
    Tensor c = given.ops().of(new double[] {5, 6}, 2);
    Tensor d = given.ops().of(new double[] {70, 80}, 2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(a, b));
      Tensor alone = tape.sum(tape.mul(a, d), false);
      Tensor joint = tape.sum(tape.mul(tape.add(a, b), c), false);
      Gradients gradients = tape.backward(tape.add(alone, joint));
      assertArrayEquals(new double[] {75, 86}, gradients.of(a).toDoubles());
      assertArrayEquals(new double[] {5, 6}, gradients.of(b).toDoubles());
    }
  }
}
