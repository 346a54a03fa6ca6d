package io.github.maskalign.cuda.driver;

import jcuda.driver.CUdeviceptr;

/** A pointer of JCuda from and to a plain address. */
final class Address extends CUdeviceptr {

  /** Null, to be set by a call that allocates. */
  Address() {}

  /** Points to this address, of the device or of the host. */
  Address(long address) {
    super(new CUdeviceptr(), address);
  }

  /** The address pointed to. */
  long value() {
    return getNativePointer() + getByteOffset();
  }
}
