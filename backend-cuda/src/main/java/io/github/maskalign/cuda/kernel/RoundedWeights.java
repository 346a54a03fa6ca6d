package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Storage;
import io.github.maskalign.tensor.Tensor;

/** Weights of frozen networks in BF16, rounded when they are first used. */
public final class RoundedWeights {

  private final Gpu gpu;
  private final CopyKernel copy;
  private final boolean rounds;

  /** Weights for products of a precision. */
  public RoundedWeights(Gpu gpu, CopyKernel copy, Precision precision) {
    this.gpu = gpu;
    this.copy = copy;
    this.rounds = precision == Precision.BF16;
  }

  /** The weight, or if it is frozen F32 and products round it, the same view of its copy. */
  public synchronized DeviceView of(Tensor weight) {
    DeviceView view = DeviceView.of(weight);
    Storage storage = weight.storage();
    boolean prepares =
        storage.isFrozen() && storage.bytes() / DType.F32.bytes() < Integer.MAX_VALUE;
    if (!rounds || weight.dtype() != DType.F32 || !prepares) {
      return view;
    }
    CudaStorage original = (CudaStorage) storage;
    CudaStorage rounded = storage.prepared(CudaStorage.class);
    if (rounded == null) {
      rounded = rounded(original);
      storage.prepare(rounded);
    }
    long offset = (view.address() - original.address()) / DType.F32.bytes();
    long address = rounded.address() + offset * DType.BF16.bytes();
    return new DeviceView(address, DType.BF16, view.dims(), view.strides());
  }

  /** All elements of a block, which may be longer than its tensors. */
  private CudaStorage rounded(CudaStorage original) {
    int elements = Math.toIntExact(original.bytes() / DType.F32.bytes());
    CudaStorage rounded = gpu.pool().allocate((long) elements * DType.BF16.bytes());
    copy.copy(
        DeviceView.contiguous(original.address(), DType.F32, elements),
        DeviceView.contiguous(rounded.address(), DType.BF16, elements));
    return rounded;
  }
}
