package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.DeviceInfo;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Runs on one NVIDIA GPU: products by cuBLAS, everything else by kernels compiled for the device.
 * Operations are queued and return at once; only a download waits.
 */
final class CudaBackend extends CudaFused {

  private final GeluKernel gelu;
  private final AccumulateKernel accumulate;
  private final AdamWKernel adamW;

  /** A backend on an open device, which it closes. */
  CudaBackend(Gpu gpu, Precision precision) {
    super(gpu, precision);
    this.gelu = new GeluKernel(gpu);
    this.accumulate = new AccumulateKernel(gpu);
    this.adamW = new AdamWKernel(gpu);
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String description() {
    DeviceInfo info = gpu.device().info();
    return "cuda (%s, compute capability %d.%d, %d GiB, products in %s)"
        .formatted(info.name(), info.major(), info.minor(), info.totalMemory() >> 30, precision);
  }

  @Override
  public OptionalDouble peakFlops() {
    return Peak.of(gpu.device().info(), precision);
  }

  // ---- fused ----

  @Override
  public Tensor linear(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Tensor y = ops.empty(x.dtype(), Shape.of(x.dim(0), weight.dim(0)));
    linear(DeviceView.of(x), DeviceView.of(weight), bias, DeviceView.of(y));
    return y;
  }

  @Override
  public Tensor gelu(Eager ops, Tensor x, Gelu kind) {
    Tensor y = ops.emptyLike(x);
    gelu.forward(kind, x, y);
    return y;
  }

  @Override
  public Tensor geluGrad(Eager ops, Tensor x, Gelu kind, Tensor g) {
    Tensor dx = ops.emptyLike(x);
    gelu.backward(kind, x, g, dx);
    return dx;
  }

  @Override
  public double sumOfSquares(Eager ops, List<Tensor> xs) {
    boolean alike =
        xs.stream().allMatch(x -> x.dtype() == xs.getFirst().dtype() && x.layout().isContiguous());
    return alike ? accumulate.sumOfSquares(xs) : super.sumOfSquares(ops, xs);
  }

  // ---- mutation ----

  @Override
  public void accumulate(Eager ops, Tensor target, double factor, Tensor value) {
    accumulate.add(factor, DeviceView.of(value), DeviceView.of(target));
  }

  @Override
  public void adamW(Eager ops, List<AdamWSlot> slots, AdamWSettings settings) {
    boolean alike =
        slots.stream().allMatch(s -> s.parameter().dtype() == slots.getFirst().parameter().dtype());
    if (alike) {
      adamW.update(slots, settings);
    } else {
      super.adamW(ops, slots, settings);
    }
  }
}
