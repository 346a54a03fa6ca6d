package io.github.maskalign.cuda.binding.jcuda;

import io.github.maskalign.cuda.binding.Binding;
import io.github.maskalign.cuda.binding.BlasLibrary;
import io.github.maskalign.cuda.binding.CompilerLibrary;
import io.github.maskalign.cuda.binding.DnnLibrary;
import io.github.maskalign.cuda.binding.DriverLibrary;

/** Calls by JCuda, for CUDA 12 on x86-64. */
public final class JCudaBinding implements Binding {

  /** Loads nothing yet. */
  public JCudaBinding() {}

  @Override
  public String name() {
    return "JCuda";
  }

  @Override
  public DriverLibrary driver() {
    return new JCudaDriverLibrary();
  }

  @Override
  public BlasLibrary blas() {
    return new JCudaBlas();
  }

  @Override
  public CompilerLibrary compiler() {
    return new JCudaCompiler();
  }

  @Override
  public DnnLibrary dnn() {
    return new JCudaDnn();
  }
}
