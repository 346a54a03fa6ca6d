package io.github.maskalign.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a tape frees the values it saved. */
class TapeMemoryTest {

  private static final int ELEMENTS = 1024;
  private static final long BYTES = ELEMENTS * Double.BYTES;

  private final GradientFixture given = new GradientFixture();

  @AfterEach
  void close() {
    given.close();
  }

  private long live() {
    return given.scope().backend().memory().live();
  }

  @Test
  void backwardFreesWhatItHasUsed() {
    Tensor x = given.positive(ELEMENTS);
    long before = live();
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x));
      Tensor y = x;
      List<Tensor> chain = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        y = tape.unary(UnaryOp.SQRT, y);
        chain.add(y);
      }
      Tensor loss = tape.sum(y, false);
      assertTrue(live() >= before + 8 * BYTES);
      long peakBefore = given.scope().backend().memory().peak();
      tape.retain(chain.get(3));
      double expected = loss.item();
      tape.backward(loss);
      // Of the chain only the retained value is left; beside it the gradient, loss and seed.
      assertTrue(live() < before + 3 * BYTES, () -> "live " + (live() - before));
      // At no time were the gradients of the whole chain alive beside its values.
      long peak = given.scope().backend().memory().peak();
      assertTrue(peak < peakBefore + 5 * BYTES, () -> "peak grew by " + (peak - peakBefore));
      for (int i = 0; i < 8; i++) {
        assertEquals(i != 3, chain.get(i).isClosed(), "value " + i);
      }
      assertThrows(ClosedException.class, () -> chain.get(2).toDoubles());
      assertEquals(expected, loss.item());
      assertEquals(ELEMENTS, chain.get(3).toDoubles().length);
    }
    assertEquals(before, live());
  }

  @Test
  void withinFreesWhatNoDerivativeReads() {
    Tensor x = given.normal(ELEMENTS);
    Tensor w = given.normal(ELEMENTS);
    long before = live();
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x, w));
      List<Tensor> made = new ArrayList<>();
      Tensor y =
          tape.within(
              "outer",
              outer -> {
                Tensor inner =
                    outer.within(
                        "inner",
                        ops -> {
                          made.add(ops.affine(x, 2, 0));
                          made.add(ops.mul(made.getLast(), w));
                          made.add(ops.unary(UnaryOp.EXP, made.getLast()));
                          return ops.add(made.getLast(), x);
                        });
                made.add(inner);
                return outer.add(inner, inner);
              });
      // A product reads its factors, the exponential its result; the sums read nothing.
      List<Boolean> freed = made.stream().map(Tensor::isClosed).toList();
      assertEquals(List.of(false, true, false, true), freed);
      assertEquals(before + 3 * BYTES, live());
      tape.backward(tape.sum(y, false));
      made.forEach(value -> assertTrue(value.isClosed()));
    }
    assertEquals(before, live());
  }

  @Test
  void withinFreesConstantsThatNoDerivativeReads() {
    Tensor x = given.normal(ELEMENTS);
    long before = live();
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x));
      tape.within(
          "body",
          ops -> ops.add(ops.mul(ops.affine(x, 2, 0), given.normal(1)), ops.affine(x, 3, 0)));
      assertTrue(live() <= before + BYTES + 128, () -> "live " + (live() - before));
    }
  }

  @Test
  void discardFreesWhatNoDerivativeReads() {
    Tensor x = given.normal(ELEMENTS);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x));
      Tensor unread = tape.affine(x, 2, 0);
      Tensor read = tape.add(unread, x);
      Tensor y = tape.unary(UnaryOp.SQUARE, read);
      Tensor retained = tape.retain(tape.add(y, x));
      tape.discard(unread);
      tape.discard(read);
      tape.discard(retained);
      assertTrue(unread.isClosed());
      assertFalse(read.isClosed());
      assertFalse(retained.isClosed());
      assertThrows(ClosedException.class, () -> tape.affine(unread, 2, 0));
      tape.backward(tape.sum(y, false));
    }
  }

  @Test
  void aRetainedValueOutlivesItsBody() {
    Tensor x = given.normal(2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x));
      List<Tensor> made = new ArrayList<>();
      Tensor y =
          tape.within(
              "body",
              ops -> {
                made.add(tape.retain(ops.affine(x, 2, 0)));
                return ops.add(made.getFirst(), x);
              });
      tape.backward(tape.sum(y, false));
      assertEquals(2 * x.toDoubles()[1], made.getFirst().toDoubles()[1]);
    }
  }

  @Test
  void tensorsOfOuterScopesAndConstantsStay() {
    Tensor x = given.normal(4);
    Tensor constant = given.normal(4);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      Tensor made = tape.affine(constant, 2, 0);
      tape.backward(tape.sum(tape.mul(tape.watch(x), made), false));
      assertFalse(made.isClosed());
    }
    assertEquals(4, x.toDoubles().length);
    assertEquals(4, constant.toDoubles().length);
  }

  @Test
  void aValueMovedOutOfTheTapeOutlivesIt() {
    Tensor x = given.ops().of(new double[] {1, 2}, 2);
    Tensor kept;
    try (Tape tape = Tape.open(given.scope(), "step")) {
      kept = tape.scope().keep(tape.watch(x).scale(3));
      tape.backward(kept.square().sum());
    }
    assertArrayEquals(new double[] {3, 6}, kept.toDoubles());
  }

  @Test
  void closingWithoutBackwardFreesEverything() {
    Tensor x = given.normal(ELEMENTS);
    long before = live();
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watch(x).square().mul(tape.watch(x)).sum();
      assertTrue(live() > before);
    }
    assertEquals(before, live());
  }

  @Test
  void aFailedBackwardFreesEverythingOnClose() {
    Tensor x = given.normal(ELEMENTS);
    long before = live();
    try (Tape tape = Tape.open(given.scope(), "step")) {
      Tensor y = tape.watch(x).square();
      Tensor loss = y.square().sum();
      tape.scope().release(y);
      assertThrows(ClosedException.class, () -> tape.backward(loss));
    }
    assertEquals(before, live());
  }

  @Test
  void trainingStepsDoNotLeak() {
    try (TinyModel model = new TinyModel(given.scope().backend(), 1)) {
      double first = model.step();
      for (int i = 1; i < 10; i++) {
        model.step();
      }
      MemoryStats after10 = given.scope().backend().memory();
      double last = 0;
      for (int i = 10; i < 50; i++) {
        last = model.step();
      }
      assertEquals(after10, given.scope().backend().memory(), "live, pooled and peak bytes");
      assertTrue(last < 0.7 * first, first + " to " + last);
    }
  }
}
