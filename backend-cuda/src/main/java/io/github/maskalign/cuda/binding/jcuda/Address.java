package io.github.maskalign.cuda.binding.jcuda;

import jcuda.driver.CUdeviceptr;

/** Converts between JCuda pointers and addresses. */
final class Address extends CUdeviceptr {

  /** A null pointer, for an allocation to set. */
  Address() {}

  /** A pointer to an address on the device or the host. */
  Address(long address) {
    super(new CUdeviceptr(), address);
  }

  /** The address. */
  long value() {
    return getNativePointer() + getByteOffset();
  }
}
