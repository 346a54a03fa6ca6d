package io.github.maskalign.cuda.binding.foreign;

import io.github.maskalign.cuda.binding.Binding;
import io.github.maskalign.cuda.binding.BlasLibrary;
import io.github.maskalign.cuda.binding.CompilerLibrary;
import io.github.maskalign.cuda.binding.DnnLibrary;
import io.github.maskalign.cuda.binding.DriverLibrary;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.function.Function;

/** Calls by {@code java.lang.foreign}, for CUDA 12 and 13. */
public final class ForeignBinding implements Binding {

  private final Function<CudaLibrary, String> files;

  /**
   * Looks up nothing yet.
   *
   * @param files of the loaded libraries, or names that the system's loader knows
   */
  public ForeignBinding(Function<CudaLibrary, String> files) {
    this.files = files;
  }

  @Override
  public String name() {
    return "java.lang.foreign";
  }

  @Override
  public DriverLibrary driver() {
    return new ForeignDriver(new NativeFunctions(files.apply(CudaLibrary.DRIVER)));
  }

  @Override
  public BlasLibrary blas() {
    return new ForeignBlas(new NativeFunctions(files.apply(CudaLibrary.CUBLAS)));
  }

  @Override
  public CompilerLibrary compiler() {
    return new ForeignCompiler(new NativeFunctions(files.apply(CudaLibrary.NVRTC)));
  }

  @Override
  public DnnLibrary dnn() {
    throw new DeviceException(
        "cuda: cuDNN is called by JCuda only, which needs CUDA 12 on x86-64; leave out its softmax");
  }
}
