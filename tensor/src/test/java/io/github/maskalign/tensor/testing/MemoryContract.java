package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.op.Gelu;
import java.util.List;
import net.jqwik.api.Example;

/** Memory is released, reused, never read before it is written, and its exhaustion is reported. */
public abstract class MemoryContract extends BackendContract {

  private static final Operand X = Operand.normal(1, 2, 17, 24);
  private static final Operand QKV = Operand.normal(2, 2, 17, 72);
  private static final Operand VECTOR = Operand.normal(3, 24);
  private static final Operand WEIGHT = Operand.normal(4, 72, 24);
  private static final Operand IDS = Operand.ids(DType.I32, View.CONTIGUOUS, 5, 17, 2, 9);
  private static final Operand[] OPERANDS = {X, QKV, VECTOR, WEIGHT, IDS};

  /** Touches every operation that allocates. */
  private static List<Tensor> everything(Eager o, List<Tensor> in) {
    Tensor x = in.get(0);
    Tensor qkv = in.get(1);
    Tensor v = in.get(2);
    Tensor w = in.get(3);
    Tensor y = o.linear(x, w, null);
    Tensor attended = o.attention(qkv, 3, 0.5);
    Tensor kept = o.gatherTokens(attended, in.get(4));
    Tensor loss = o.smoothL1(x, attended, 1);
    return List.of(
        y,
        attended,
        o.scatterTokens(kept, in.get(4), 17),
        loss,
        o.attentionGrad(qkv, 3, 0.5, x),
        o.attentionProbabilities(qkv, 3, 0.5, 0, 1),
        o.attention(qkv, 3, 0.5, AttentionMask.CAUSAL),
        o.attentionGrad(qkv, 3, 0.5, AttentionMask.CAUSAL, x),
        o.attention(attended, qkv, 3, 0.5),
        o.layerNorm(x, v, v, 1e-6),
        o.layerNormGrad(x, v, 1e-6, attended).x(),
        o.gelu(x, Gelu.ERF),
        o.geluGrad(x, Gelu.ERF, attended),
        o.softmax(x),
        o.softmaxGrad(o.softmax(x), x),
        o.logSoftmax(o.transpose(x)),
        o.smoothL1Grad(x, attended, 1, loss),
        o.weightedSum(List.of(x, attended), o.slice(v, 0, 0, 2)),
        o.weightedSumWeightGrad(List.of(x, attended), x),
        o.concat(List.of(x, o.permute(x, 0, 1, 2)), 1),
        o.reshape(o.transpose(x), 24, -1),
        o.matmul(x, o.transpose(x)),
        o.sum(x, false, 0, 2),
        o.max(x, true),
        o.cast(o.cast(x, DType.BF16), DType.F64));
  }

  /** Step 50 needs no more than step 10, and no more comes from the system. */
  @Example
  void steadyStepsAllocateNothing() {
    for (DType precision : PRECISIONS) {
      try (Backend backend = open(2, HostPool.unlimited());
          Scope model = Scope.root(backend, "model")) {
        Eager outer = (Eager) model.ops();
        List<Tensor> in = List.of(OPERANDS).stream().map(x -> x.on(outer, precision)).toList();
        MemoryStats early = backend.memory();
        for (int step = 1; step <= 50; step++) {
          try (Scope scope = model.child("step")) {
            everything((Eager) scope.ops(), in);
          }
          MemoryStats now = backend.memory();
          if (step == 10) {
            early = now;
          } else if (step > 10) {
            assertEquals(early, now, "memory after step " + step);
          }
        }
      }
    }
  }

  @Example
  void poisonedMemoryChangesNothing() {
    for (DType precision : PRECISIONS) {
      for (int threads = 1; threads <= 2; threads++) {
        assertSameBits(
            run(threads, false, precision, MemoryContract::everything, OPERANDS),
            run(threads, true, precision, MemoryContract::everything, OPERANDS),
            precision + " with fresh and with poisoned memory");
      }
    }
  }

  /** A second run in the same pool reuses uninitialized memory of the first. */
  @Example
  void reusedMemoryChangesNothing() {
    Computation twice =
        (o, in) -> {
          try (Scope first = o.scope().child("first")) {
            everything((Eager) first.ops(), in);
          }
          return everything(o, in);
        };
    assertSameBits(
        run(2, false, DType.F32, MemoryContract::everything, OPERANDS),
        run(2, false, DType.F32, twice, OPERANDS),
        "in fresh and in reused memory");
  }

  @Example
  void outOfMemoryLeavesTheBackendUsable() {
    long limit = 1 << 20;
    try (Backend backend = open(1, new HostPool(limit, true));
        Scope scope = Scope.root(backend, "test")) {
      Tensor small = scope.ops().full(DType.F32, Shape.of(1_000), 3);
      long live = backend.memory().live();
      OutOfMemoryException full =
          assertThrows(
              OutOfMemoryException.class, () -> scope.ops().full(DType.F32, Shape.of(1 << 20), 0));
      String message = full.getMessage();
      assertTrue(message.contains(Long.toString(4L << 20)), "bytes asked: " + message);
      assertTrue(message.contains(Long.toString(live)), "bytes live: " + message);
      assertTrue(message.contains(Long.toString(limit)), "the limit: " + message);
      assertEquals(live, backend.memory().live(), "a refusal takes nothing");
      assertEquals(6_000, small.affine(2, 0).sum().item());
    }
  }

  /** Sizes that no machine has, and sizes whose bytes a long cannot count. */
  @Example
  void absurdSizesAreRefused() {
    try (Backend backend = open(1, HostPool.unlimited());
        Scope scope = Scope.root(backend, "test")) {
      int huge = Integer.MAX_VALUE;
      for (Shape shape : List.of(Shape.of(huge, 1 << 27), Shape.of(huge, huge))) {
        assertThrows(
            OutOfMemoryException.class,
            () -> scope.ops().full(DType.F64, shape, 0),
            shape::toString);
      }
      assertEquals(0, backend.memory().live());
    }
  }

  @Example
  void closedBackendSaysSo() {
    Backend backend = open(1, HostPool.unlimited());
    Scope scope = Scope.root(backend, "test");
    backend.close();
    assertThrows(ClosedException.class, () -> scope.ops().full(DType.F32, Shape.of(1), 0));
  }
}
