package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.DType;
import java.util.List;

/** AdamW over all parameters in one launch: {@code adamw.cu}. */
public final class AdamWKernel {

  private static final int THREADS = 256;

  private final Gpu gpu;

  /** The kernel of one device. */
  public AdamWKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Updates all slots, which have one type. */
  public void adamW(List<AdamWSlot> slots, AdamWSettings settings) {
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
          .get("adamw.cu", "adamW", KernelArguments.real(dtype))
          .launch(
              gpu.compute(),
              Grid.of(table.blocks(), THREADS),
              entries.address(),
              table.entries(),
              KernelArguments.scalar(dtype, settings.gradientScale()),
              KernelArguments.scalar(dtype, settings.beta1()),
              KernelArguments.scalar(dtype, 1 - settings.beta1()),
              KernelArguments.scalar(dtype, settings.beta2()),
              KernelArguments.scalar(dtype, 1 - settings.beta2()),
              KernelArguments.scalar(dtype, settings.eps()));
    } finally {
      entries.free();
    }
  }
}
