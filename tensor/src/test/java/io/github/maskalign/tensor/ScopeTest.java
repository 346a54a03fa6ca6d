package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScopeTest {

  private final Backend backend = new ReferenceBackend(new HostPool(Long.MAX_VALUE, true));
  private final Scope model = Scope.root(backend, "model");

  @AfterEach
  void everythingIsGivenBack() {
    model.close();
    assertEquals(0, backend.memory().live());
    backend.close();
  }

  private static Tensor one(Scope scope) {
    return scope.ops().of(new float[] {1}, 1);
  }

  private static String closedMessage(Runnable action) {
    return assertThrows(ClosedException.class, action::run).getMessage();
  }

  @Test
  void closingReleasesTheScopesTensorsTogether() {
    Tensor weight = one(model);
    long before = backend.memory().live();
    Tensor first;
    Tensor second;
    try (Scope step = model.child("step")) {
      first = one(step);
      second = first.add(weight);
      assertEquals(2, step.size());
      assertTrue(backend.memory().live() > before);
    }
    assertTrue(first.isClosed() && second.isClosed());
    assertFalse(weight.isClosed());
    assertEquals(before, backend.memory().live());
  }

  @Test
  void useAfterCloseNamesTheScope() {
    Scope step = model.child("step 7");
    Tensor x = one(step);
    step.close();
    step.close();
    assertTrue(closedMessage(x::toFloats).contains("'step 7'"));
    assertTrue(closedMessage(() -> x.add(x)).contains("'step 7'"));
    assertTrue(closedMessage(() -> x.reshape(1)).contains("'step 7'"));
    assertTrue(closedMessage(() -> one(step)).contains("'step 7'"));
    assertTrue(closedMessage(() -> step.child("inner")).contains("'step 7'"));
    assertTrue(x.toString().contains("released"));
    assertEquals(Shape.of(1), x.shape());
  }

  @Test
  void aClosedOuterScopeClosesWhatIsInside() {
    Scope step = model.child("step");
    Scope inner = step.child("inner");
    Tensor x = one(inner);
    step.close();
    assertThrows(ClosedException.class, () -> one(inner));
    assertThrows(ClosedException.class, () -> inner.keep(x));
    inner.close();
  }

  @Test
  void keepMovesOneScopeOutwards() {
    Tensor kept;
    try (Scope step = model.child("step")) {
      try (Scope inner = step.child("inner")) {
        kept = one(inner);
        assertSame(kept, inner.keep(kept));
        assertSame(step, kept.owner());
        // Kept already: it stays where it is.
        assertSame(step, inner.keep(kept).owner());
        assertEquals(0, inner.size());
      }
      assertFalse(kept.isClosed());
      step.keep(kept);
    }
    assertSame(model, kept.owner());
    assertEquals(1, kept.item());
  }

  @Test
  void keepRefusesStrangers() {
    Scope left = model.child("left");
    Scope right = model.child("right");
    Tensor x = one(right);
    assertTrue(closedMessage(() -> left.keep(x)).contains("'right'"));
    assertTrue(closedMessage(() -> model.keep(x)).contains("'right'"));
    Tensor weight = one(model);
    assertTrue(closedMessage(() -> model.keep(weight)).contains("outermost"));
    left.close();
    right.close();
  }

  @Test
  void releaseFreesOneTensor() {
    try (Scope step = model.child("step")) {
      Tensor a = one(step);
      Tensor b = one(step);
      Tensor c = one(step);
      long before = backend.memory().live();
      step.release(a);
      assertTrue(a.isClosed());
      assertTrue(backend.memory().live() < before);
      // The last tensor has taken the place of the first; both remain what they are.
      step.release(c);
      assertEquals(1, step.size());
      assertEquals(1, b.item());
      assertThrows(ClosedException.class, () -> step.release(a));
      Tensor weight = one(model);
      assertTrue(closedMessage(() -> step.release(weight)).contains("'model'"));
    }
  }

  @Test
  void aViewHoldsItsStorage() {
    Tensor view;
    try (Scope step = model.child("step")) {
      Tensor base = step.ops().of(new float[] {1, 2, 3}, 3);
      view = step.keep(base.slice(0, 1, 3));
    }
    assertEquals(5, view.sum().item());
    model.release(view);
  }

  @Test
  void withinKeepsOnlyItsResult() {
    Tensor x = one(model);
    int before = model.size();
    Tensor y = model.ops().within("sum", o -> o.add(o.affine(x, 2, 0), o.affine(x, 3, 0)));
    assertSame(model, y.owner());
    assertEquals(before + 1, model.size());
    assertEquals(5, y.item());
  }

  @Test
  void withinReleasesEverythingIfItsBodyFails() {
    Tensor x = one(model);
    long before = backend.memory().live();
    assertThrows(
        ShapeException.class,
        () -> model.ops().within("bad", o -> o.reshape(o.affine(x, 2, 0), 2)));
    assertEquals(before, backend.memory().live());
  }

  // ---- the fluent rule: the innermost scope of the operands owns the result ----

  @Test
  void theInnermostScopeOwnsTheResult() {
    Tensor weight = one(model);
    try (Scope step = model.child("step")) {
      Tensor x = one(step);
      assertSame(step, weight.mul(x).owner());
      assertSame(step, x.mul(weight).owner());
      assertSame(step, weight.reshape(1, 1).matmul(x.reshape(1, 1)).owner());
      assertSame(model, weight.add(weight).owner());
      assertSame(model, weight.reshape(1, 1).owner());
      assertSame(step, step.ops().affine(weight, 2, 0).owner());
    }
  }

  @Test
  void operandsOfUnrelatedScopesAreRefused() {
    try (Scope left = model.child("left");
        Scope right = model.child("right")) {
      Tensor a = one(left);
      Tensor b = one(right);
      String message = assertThrows(DeviceException.class, () -> a.add(b)).getMessage();
      assertTrue(message.contains("'left'") && message.contains("'right'"), message);
      assertSame(left, left.ops().add(a, b).owner());
    }
  }

  @Test
  void aDecoratorSeesTheOperationsOfItsScopeOnly() {
    Ops[] seen = new Ops[1];
    try (Scope recording =
        model.child(
            "recording",
            eager -> {
              seen[0] = eager;
              return eager;
            })) {
      assertSame(seen[0], recording.ops());
      assertSame(recording, recording.ops().scope());
    }
  }
}
