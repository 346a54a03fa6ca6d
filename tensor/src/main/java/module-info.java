import org.jspecify.annotations.NullMarked;

/** Tensors: what a number array is, and the contract that every backend keeps. */
@NullMarked
module io.github.maskalign.tensor {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;

  exports io.github.maskalign.tensor;
  exports io.github.maskalign.tensor.io;
  exports io.github.maskalign.tensor.memory;
  exports io.github.maskalign.tensor.random;
  exports io.github.maskalign.tensor.reference;
  exports io.github.maskalign.tensor.safetensors;

  uses io.github.maskalign.tensor.BackendProvider;

  provides io.github.maskalign.tensor.BackendProvider with
      io.github.maskalign.tensor.reference.ReferenceProvider;
}
