package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Cudnn;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.Located.Missing;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.List;
import java.util.Optional;

/** Softmax over the last axis and its gradient by cuDNN, for those who ask for it. */
final class CudnnSoftmax implements AutoCloseable {

  /** {@code cudnn}, or {@code kernel} for {@link SoftmaxKernel}, which is also the default. */
  static final String PROPERTY = "maskalign.cuda.softmax";

  /** The first is loaded for the others, which look for it and for each other by name. */
  private static final List<CudaLibrary> LIBRARIES =
      List.of(CudaLibrary.CUDNN_INFER, CudaLibrary.CUDNN_TRAIN, CudaLibrary.CUDNN);

  private final Cudnn cudnn;

  private CudnnSoftmax(Gpu gpu) {
    this.cudnn = new Cudnn(gpu.compute());
  }

  /**
   * It, if the property asks for it.
   *
   * @throws DeviceException if the library is not there
   */
  static Optional<CudnnSoftmax> ifAskedFor(Gpu gpu) {
    return switch (System.getProperty(PROPERTY, "kernel")) {
      case "kernel" -> Optional.empty();
      case "cudnn" -> {
        LibrarySearch search = new LibrarySearch();
        LIBRARIES.forEach(search::load);
        if (search.load(CudaLibrary.CUDNN) instanceof Missing missing) {
          throw new DeviceException("cuda: -D" + PROPERTY + "=cudnn: " + missing);
        }
        yield Optional.of(new CudnnSoftmax(gpu));
      }
      case String other ->
          throw new DeviceException(
              "cuda: -D" + PROPERTY + " is cudnn or kernel, found '" + other + "'");
    };
  }

  /** Whether cuDNN takes a tensor of this type and size. */
  static boolean takes(Tensor x) {
    return x.dtype() == DType.F32 && x.size() > 0 && x.size() <= Integer.MAX_VALUE;
  }

  /** y = softmax(x). */
  Tensor forward(Eager ops, Tensor x) {
    Tensor y = ops.emptyLike(x);
    RowGrid rows = RowGrid.of(x);
    cudnn.softmax((int) rows.rows(), rows.columns(), Operands.address(x), Operands.address(y));
    return y;
  }

  /** The gradient of softmax with result y. */
  Tensor backward(Eager ops, Tensor y, Tensor g) {
    Tensor dx = ops.emptyLike(y);
    RowGrid rows = RowGrid.of(y);
    cudnn.softmaxGrad(
        (int) rows.rows(),
        rows.columns(),
        Operands.address(y),
        Operands.address(g),
        Operands.address(dx));
    return dx;
  }

  @Override
  public void close() {
    cudnn.close();
  }
}
