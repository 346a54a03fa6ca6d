import org.jspecify.annotations.NullMarked;

/** Derivatives of tensor operations, and the layers and optimizers that use them. */
@NullMarked
module io.github.maskalign.autograd {
  requires transitive io.github.maskalign.tensor;
  requires static transitive org.jspecify;

  exports io.github.maskalign.autograd;
  exports io.github.maskalign.autograd.nn;
  exports io.github.maskalign.autograd.optim;
}
