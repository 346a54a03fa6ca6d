package io.github.maskalign.cuda.binding.jcuda;

import io.github.maskalign.cuda.binding.Handle;
import jcuda.NativePointerObject;

/**
 * An object of JCuda.
 *
 * @param <T> its class
 */
record JCudaHandle<T extends NativePointerObject>(T object) implements Handle {

  /** The object of a handle that this binding created with that class. */
  static <T extends NativePointerObject> T of(Class<T> type, Handle handle) {
    return type.cast(((JCudaHandle<?>) handle).object);
  }
}
