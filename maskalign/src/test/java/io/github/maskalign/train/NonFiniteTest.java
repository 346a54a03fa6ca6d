package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Training stops within the step and names the first tensor that is not finite. */
class NonFiniteTest {

  private static String messageOf(TinyRun run, Batch batch) {
    String message =
        assertThrows(NonFiniteException.class, () -> run.training.step(List.of(batch)))
            .getMessage();
    assertEquals(0, run.training.steps());
    assertTrue(message.startsWith("step 1: "), message);
    return message;
  }

  private static void poison(TinyRun run, String name, float value) {
    Parameter parameter = run.parameters.get(name);
    Tensor tensor = parameter.value();
    float[] values = tensor.toFloats();
    values[values.length / 2] = value;
    tensor.owner().backend().upload(MemorySegment.ofArray(values), tensor);
  }

  @Test
  void aBadPixelNamesItsSample() {
    try (TinyRun run = new TinyRun("cpu", 1)) {
      Batch batch = run.firstBatch();
      int each = batch.pixels().length / batch.size();
      batch.pixels()[3 * each] = Float.POSITIVE_INFINITY;
      String message = messageOf(run, batch);
      String culprit = "the pixels of sample " + batch.samples()[3] + ";";
      assertTrue(message.contains(culprit), message);
    }
  }

  @Test
  void aBadWeightIsNamed() {
    try (TinyRun run = new TinyRun("cpu", 1)) {
      poison(run, "blocks.1.mlp.fc1.weight", Float.NaN);
      String message = messageOf(run, run.firstBatch());
      assertTrue(message.contains("parameter blocks.1.mlp.fc1.weight;"), message);
    }
  }

  @Test
  void anOverflowNamesTheOperation() {
    try (TinyRun run = new TinyRun("cpu", 1)) {
      poison(run, "distill_heads.1.bias", 3e38f);
      poison(run, "distill_heads.1.weight", 3e38f);
      String message = messageOf(run, run.firstBatch());
      assertTrue(message.contains("the result of "), message);
    }
  }
}
