package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.DeviceInfo;
import io.github.maskalign.cuda.kernel.AccumulateKernel;
import io.github.maskalign.cuda.kernel.AdamWKernel;
import io.github.maskalign.cuda.kernel.GeluKernel;
import io.github.maskalign.cuda.kernel.LinearKernel;
import io.github.maskalign.cuda.kernel.SumOfSquaresKernel;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The backend of one NVIDIA GPU: matrix products use cuBLAS, all else kernels compiled for the
 * device. Operations are asynchronous; only downloads wait.
 */
public final class CudaBackend extends CudaFused {

  private final LinearKernel linear;
  private final GeluKernel gelu;
  private final AccumulateKernel accumulate;
  private final SumOfSquaresKernel sumOfSquares;
  private final AdamWKernel adamW;

  /** A backend on an open device, which it closes. */
  public CudaBackend(Gpu gpu, Precision precision) {
    super(gpu, precision);
    this.linear = new LinearKernel(gpu);
    this.gelu = new GeluKernel(gpu);
    this.accumulate = new AccumulateKernel(gpu);
    this.sumOfSquares = new SumOfSquaresKernel(gpu);
    this.adamW = new AdamWKernel(gpu);
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public String description() {
    DeviceInfo info = gpu.device().info();
    return "cuda (%s%s, compute capability %d.%d, %d GiB, CUDA %s, products in %s)"
        .formatted(
            place(info),
            info.name(),
            info.major(),
            info.minor(),
            info.totalMemory() >> 30,
            gpu.kernels().compilerVersion(),
            precision);
  }

  /** Which of several devices, whose order is not always that of nvidia-smi. */
  private static String place(DeviceInfo info) {
    if (info.devices() == 1) {
      return "";
    }
    String order = System.getenv("CUDA_DEVICE_ORDER");
    boolean byBus = "PCI_BUS_ID".equals(order);
    return "device %d of %d in %s, "
        .formatted(
            info.ordinal(),
            info.devices(),
            byBus
                ? "the order of nvidia-smi"
                : "CUDA's order, fastest first; CUDA_DEVICE_ORDER=PCI_BUS_ID is that of"
                    + " nvidia-smi");
  }

  @Override
  public OptionalDouble peakFlops() {
    return PeakFlops.of(gpu.device().info().name(), precision);
  }

  // ---- fused ----

  @Override
  public DType factorType() {
    return precision == Precision.BF16 ? DType.BF16 : DType.F32;
  }

  @Override
  public Tensor linear(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Tensor y = product(ops, x, weight);
    if (bias != null) {
      linear.addBias(y, bias);
    }
    return y;
  }

  @Override
  public Tensor linear(
      Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias, Epilogue epilogue) {
    Tensor sums = product(ops, x, weight);
    return switch (epilogue) {
      case Epilogue.Activation(Gelu kind, boolean factor) -> {
        boolean rounded = factor && sums.dtype() == DType.F32 && factorType() != DType.F32;
        Tensor y = rounded ? ops.empty(factorType(), sums.shape()) : sums;
        linear.gelu(kind, sums, bias, y);
        if (rounded) {
          ops.discard(sums);
        }
        yield y;
      }
      case Epilogue.Residual(Tensor base, Tensor scale) -> {
        linear.residual(sums, bias, base, scale);
        yield sums;
      }
    };
  }

  private Tensor product(Eager ops, Tensor x, Tensor weight) {
    Tensor y = ops.empty(weight.dtype(), Shape.of(x.dim(0), weight.dim(0)));
    linear(x, weight, y);
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
    boolean oneType =
        xs.stream().allMatch(x -> x.dtype() == xs.getFirst().dtype() && x.layout().isContiguous());
    return oneType ? sumOfSquares.sumOfSquares(xs) : super.sumOfSquares(ops, xs);
  }

  // ---- mutation ----

  @Override
  public void accumulate(Eager ops, Tensor target, double factor, Tensor value) {
    accumulate.accumulate(DeviceView.of(target), factor, DeviceView.of(value));
  }

  @Override
  public void adamW(Eager ops, List<AdamWSlot> slots, AdamWSettings settings) {
    boolean oneType =
        slots.stream().allMatch(s -> s.parameter().dtype() == slots.getFirst().parameter().dtype());
    if (oneType) {
      adamW.adamW(slots, settings);
    } else {
      super.adamW(ops, slots, settings);
    }
  }
}
