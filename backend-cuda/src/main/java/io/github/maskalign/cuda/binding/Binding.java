package io.github.maskalign.cuda.binding;

/**
 * One way to call NVIDIA's libraries. A library is looked up when it is first asked for; before
 * that, it must have been loaded.
 */
public interface Binding {

  /** Short name for messages. */
  String name();

  /** The driver. */
  DriverLibrary driver();

  /** Matrix products. */
  BlasLibrary blas();

  /** The compiler of kernels. */
  CompilerLibrary compiler();

  /**
   * The softmax of cuDNN 8.
   *
   * @throws io.github.maskalign.tensor.error.DeviceException if this binding has none
   */
  DnnLibrary dnn();
}
