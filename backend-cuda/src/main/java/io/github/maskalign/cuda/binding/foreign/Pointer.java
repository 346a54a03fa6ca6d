package io.github.maskalign.cuda.binding.foreign;

import io.github.maskalign.cuda.binding.Handle;

/**
 * An object at an address; a device is its number.
 *
 * @param value the address
 */
record Pointer(long value) implements Handle {

  static long of(Handle handle) {
    return ((Pointer) handle).value;
  }
}
