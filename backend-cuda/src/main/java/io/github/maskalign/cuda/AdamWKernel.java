package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.DType;
import java.util.List;

/** AdamW over all parameters in one launch: {@code adamw.cu}. */
final class AdamWKernel {

  private static final int THREADS = 256;

  private final Gpu gpu;

  AdamWKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Updates every slot; all are of one type. */
  void update(List<AdamWSlot> slots, AdamWSettings settings) {
    TensorTable table = new TensorTable();
    for (AdamWSlot slot : slots) {
      table.add(
          List.of(slot.parameter(), slot.gradient(), slot.mean(), slot.square()),
          1 - slot.learningRate() * slot.weightDecay(),
          -slot.learningRate() / settings.correction1(slot.step()),
          1 / Math.sqrt(settings.correction2(slot.step())));
    }
    if (table.entries() == 0) {
      return;
    }
    DType dtype = slots.getFirst().parameter().dtype();
    CudaStorage entries = table.upload(gpu);
    try {
      gpu.kernels()
          .get("adamw.cu", "adamW", Operands.real(dtype))
          .launch(
              gpu.compute(),
              Grid.of(table.blocks(), THREADS),
              entries.address(),
              table.entries(),
              Operands.number(dtype, settings.gradientScale()),
              Operands.number(dtype, settings.beta1()),
              Operands.number(dtype, 1 - settings.beta1()),
              Operands.number(dtype, settings.beta2()),
              Operands.number(dtype, 1 - settings.beta2()),
              Operands.number(dtype, settings.eps()));
    } finally {
      entries.free();
    }
  }
}
