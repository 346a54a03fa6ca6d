package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Forward and backward pass of a masked ViT, captured once and replayed for other pictures. */
@OnEmulator
class StepGraphTest {

  private static final int BATCH = 3;
  private static final int SIDE = 8;
  private static final int KEPT = 5;
  private static final ViTConfig NETWORK = ViTConfig.of(SIDE, 2, 12, 2, 2).withChannels(1);

  /** The network with tensors that outlive a step: what it reads, and what it leaves. */
  private static final class Step {
    final CudaBackend backend;
    final Scope scope;
    final Parameters parameters;
    final ViT network;
    final Tensor images;
    final Tensor ids;
    final Tensor loss;
    final List<Tensor> gradients = new ArrayList<>();

    Step(CudaBackend backend, Scope scope) {
      this.backend = backend;
      this.scope = scope;
      this.parameters = Parameters.initialized(scope, DType.F32, 1);
      this.network = ViT.create(parameters.root(), NETWORK);
      this.images = scope.ops().full(DType.F32, Shape.of(BATCH, 1, SIDE, SIDE), 0);
      this.ids = scope.ops().of(new int[BATCH * KEPT], BATCH, KEPT);
      this.loss = scope.ops().full(DType.F32, Shape.of(), 0);
      for (Parameter parameter : parameters.trainable()) {
        gradients.add(scope.ops().full(DType.F32, parameter.value().shape(), 0));
      }
    }

    void load(long seed) {
      float[] pixels = new float[BATCH * SIDE * SIDE];
      Philox.of(seed).fillNormal(pixels, 0);
      int[] kept = new int[BATCH * KEPT];
      for (int i = 0; i < kept.length; i++) {
        kept[i] = (int) ((seed + 3L * i) % NETWORK.patches());
      }
      backend.upload(MemorySegment.ofArray(pixels), images);
      backend.upload(MemorySegment.ofArray(kept), ids);
    }

    void run() {
      try (Tape tape = Tape.open(scope, "step")) {
        tape.watchAll(parameters.trainableValues());
        ForwardRequest request = ForwardRequest.plain().withKeep(ids);
        Tensor features = network.normalized(tape, network.forward(tape, images, request).tokens());
        Tensor value = tape.mean(tape.mul(features, tape.gelu(features, Gelu.ERF)), false);
        backend.copy(value, loss);
        Gradients found = tape.backward(value);
        int i = 0;
        for (Parameter parameter : parameters.trainable()) {
          backend.copy(found.of(parameter.value()), gradients.get(i++));
        }
      }
    }

    List<float[]> results() {
      List<float[]> results = new ArrayList<>(List.of(loss.toFloats()));
      gradients.forEach(each -> results.add(each.toFloats()));
      return results;
    }

    List<float[]> eager(long seed) {
      load(seed);
      run();
      return results();
    }
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "result " + i);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aReplayGivesTheBitsOfTheStepItself(Precision precision) {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), precision);
        Scope scope = Scope.root(backend, "test")) {
      Step step = new Step(backend, scope);
      List<List<float[]>> expected = List.of(step.eager(1), step.eager(2), step.eager(3));
      assertTrue(expected.get(0).getFirst()[0] != expected.get(1).getFirst()[0]);
      long live = backend.memory().live();
      try (StepGraph graph = backend.capture(step::run)) {
        for (int seed = 1; seed <= 3; seed++) {
          step.load(seed);
          long before = backend.gpu.compute().queued();
          graph.replay();
          assertEquals(1, backend.gpu.compute().queued() - before);
          assertSame(expected.get(seed - 1), step.results());
          // What is made between the replays must not lie in the graph's memory.
          Tensor outside = scope.ops().affine(step.images, 1, 0);
          float[] kept = outside.toFloats();
          step.load(seed % 3 + 1);
          graph.replay();
          assertArrayEquals(kept, outside.toFloats());
        }
      }
      assertTrue(backend.memory().live() < live + (1 << 16), "the graph's memory is free again");
    }
  }

  @Test
  void aReplayRefusesIdsOutside() {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), Precision.F32);
        Scope scope = Scope.root(backend, "test")) {
      Step step = new Step(backend, scope);
      step.eager(1);
      try (StepGraph graph = backend.capture(step::run)) {
        int[] wrong = new int[BATCH * KEPT];
        wrong[7] = 99;
        backend.upload(MemorySegment.ofArray(wrong), step.ids);
        graph.replay();
        String message = assertThrows(ShapeException.class, step::results).getMessage();
        assertTrue(message.contains("id 99"), message);
      }
    }
  }

  @Test
  void workThatReadsResultsCannotBeCaptured(Emulator emulator) {
    emulator.set("quiet", 1);
    try (CudaBackend backend = new CudaBackend(Gpus.open(), Precision.F32);
        Scope scope = Scope.root(backend, "test")) {
      Step step = new Step(backend, scope);
      List<float[]> expected = step.eager(1);
      assertThrows(DeviceException.class, () -> backend.capture(step::results));
      emulator.forget();
      assertSame(expected, step.eager(1));
    }
  }
}
