package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Cudnn;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.CudaRelease;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.SearchResult.Missing;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.List;
import java.util.Optional;

/** Softmax over the last axis and its gradient by cuDNN, if the system property selects it. */
public final class CudnnSoftmax implements AutoCloseable {

  /** System property: {@code cudnn}, or {@code kernel} (default) for {@link SoftmaxKernel}. */
  public static final String PROPERTY = "maskalign.cuda.softmax";

  /** In the order of loading: libraries look up earlier ones by name. */
  private static final List<CudaLibrary> LIBRARIES =
      List.of(CudaLibrary.CUDNN_INFER, CudaLibrary.CUDNN_TRAIN, CudaLibrary.CUDNN);

  private final Cudnn cudnn;

  private CudnnSoftmax(Gpu gpu) {
    this.cudnn = new Cudnn(gpu.compute());
  }

  /**
   * cuDNN's softmax, if the property selects it.
   *
   * @throws DeviceException if the library is missing
   */
  public static Optional<CudnnSoftmax> ifSelected(Gpu gpu) {
    return switch (System.getProperty(PROPERTY, "kernel")) {
      case "kernel" -> Optional.empty();
      case "cudnn" -> {
        LibrarySearch search = new LibrarySearch(CudaRelease.CUDA_12);
        LIBRARIES.forEach(search::load);
        if (search.load(CudaLibrary.CUDNN) instanceof Missing missing) {
          throw new DeviceException("cuda: -D" + PROPERTY + "=cudnn: " + missing);
        }
        yield Optional.of(new CudnnSoftmax(gpu));
      }
      case String other ->
          throw new DeviceException(
              "cuda: -D" + PROPERTY + " must be cudnn or kernel, not '" + other + "'");
    };
  }

  /** Whether cuDNN supports a tensor of this type and size. */
  public static boolean supports(Tensor x) {
    return x.dtype() == DType.F32 && x.size() > 0 && x.size() <= Integer.MAX_VALUE;
  }

  /** y = softmax(x). */
  public Tensor forward(Eager ops, Tensor x) {
    Tensor y = ops.emptyLike(x);
    RowGrid rows = RowGrid.of(x);
    cudnn.softmax(
        (int) rows.rows(), rows.columns(), KernelArguments.address(x), KernelArguments.address(y));
    return y;
  }

  /** The gradient of softmax with result y. */
  public Tensor backward(Eager ops, Tensor y, Tensor g) {
    Tensor dx = ops.emptyLike(y);
    RowGrid rows = RowGrid.of(y);
    cudnn.softmaxGrad(
        (int) rows.rows(),
        rows.columns(),
        KernelArguments.address(y),
        KernelArguments.address(g),
        KernelArguments.address(dx));
    return dx;
  }

  @Override
  public void close() {
    cudnn.close();
  }
}
