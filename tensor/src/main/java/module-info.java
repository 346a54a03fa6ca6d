import org.jspecify.annotations.NullMarked;

/** Tensors, the backend contract, the reference backend, safetensors and random numbers. */
@NullMarked
module io.github.maskalign.tensor {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;

  exports io.github.maskalign.tensor;
  exports io.github.maskalign.tensor.error;
  exports io.github.maskalign.tensor.io;
  exports io.github.maskalign.tensor.memory;
  exports io.github.maskalign.tensor.op;
  exports io.github.maskalign.tensor.random;
  exports io.github.maskalign.tensor.reference;
  exports io.github.maskalign.tensor.safetensors;

  uses io.github.maskalign.tensor.BackendProvider;

  provides io.github.maskalign.tensor.BackendProvider with
      io.github.maskalign.tensor.reference.ReferenceProvider;
}
