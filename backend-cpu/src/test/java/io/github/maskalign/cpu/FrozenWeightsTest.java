package io.github.maskalign.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cpu.gemm.PackedMatrix;
import io.github.maskalign.cpu.kernel.KernelData;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LazyStorage;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Storage;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Weights that do not change are packed once. */
class FrozenWeightsTest {

  private static final int ROWS = 5;
  private static final int IN = 800;
  private static final int OUT = 1601;

  private final CpuBackend backend = backend();
  private final Scope scope = Scope.root(backend, "test");
  private final Eager ops = scope.eager();
  private final Tensor x = ops.uniform(Philox.of(1), ROWS, IN);
  private final Tensor weight = ops.uniform(Philox.of(2), OUT, IN);
  private final Tensor bias = ops.uniform(Philox.of(3), OUT);

  private static CpuBackend backend() {
    Workers workers = new Workers(2);
    return new CpuBackend(new HostPool(Long.MAX_VALUE, true), workers, KernelData.kernels(workers));
  }

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @Test
  void aFrozenWeightGivesTheSameBits() {
    float[] expected = ops.linear(x, weight, bias).toFloats();
    assertNull(weight.storage().prepared(PackedMatrix.class));
    weight.storage().freeze();
    assertArrayEquals(expected, ops.linear(x, weight, bias).toFloats());
    assertNotNull(weight.storage().prepared(PackedMatrix.class));
    assertArrayEquals(expected, ops.linear(x, weight, bias).toFloats());
  }

  @Test
  void aPartOfAPackedWeightIsNotTakenForIt() {
    weight.storage().freeze();
    ops.linear(x, weight, null);
    Tensor half = ops.slice(weight, 0, 0, OUT / 2);
    Tensor other = ops.slice(weight, 0, OUT / 2, 2 * (OUT / 2));
    float[] expected = ops.linear(x, ops.affine(half, 1, 0), null).toFloats();
    assertArrayEquals(expected, ops.linear(x, half, null).toFloats());
    expected = ops.linear(x, ops.affine(other, 1, 0), null).toFloats();
    assertArrayEquals(expected, ops.linear(x, other, null).toFloats());
  }

  @Test
  void aFrozenWeightIsNotWrittenTo() {
    weight.storage().freeze();
    String message = assertThrows(StateException.class, () -> backend.fill(weight, 1)).getMessage();
    assertTrue(message.contains("fill") && message.contains("[1601, 800]"), message);
    Tensor same = ops.emptyLike(weight);
    assertThrows(StateException.class, () -> backend.copy(same, weight));
    assertThrows(StateException.class, () -> backend.accumulate(ops, weight, 1, same));
  }

  @Test
  void memoryThatIsUsedAgainIsNotFrozen() {
    Storage storage;
    try (Scope inner = scope.child("inner")) {
      Tensor passing = inner.eager().full(DType.F32, Shape.of(OUT, IN), 1);
      storage = passing.storage();
      storage.freeze();
      ops.linear(x, passing, null);
      assertTrue(storage.isFrozen());
    }
    assertFalse(storage.isFrozen());
    assertNull(storage.prepared(PackedMatrix.class));
  }

  @Test
  void aWeightThatIsFetchedIsPackedAndNotKept() {
    float[] expected = ops.linear(x, weight, bias).toFloats();
    float[] values = weight.toFloats();
    List<MemorySegment> fetched = new ArrayList<>();
    Tensor lazy = scope.lazy(DType.F32, weight.shape());
    ((LazyStorage) lazy.storage())
        .from(
            arena -> {
              fetched.add(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
              return fetched.getLast();
            });
    assertArrayEquals(expected, ops.linear(x, lazy, bias).toFloats());
    assertArrayEquals(expected, ops.linear(x, lazy, bias).toFloats());
    assertEquals(1, fetched.size());
    assertFalse(fetched.getFirst().scope().isAlive());
    assertArrayEquals(values, lazy.toFloats());
  }
}
