import org.jspecify.annotations.NullMarked;

/** Automatic differentiation, layers and optimizers. */
@NullMarked
module io.github.maskalign.autograd {
  requires transitive io.github.maskalign.tensor;
  requires static transitive org.jspecify;

  exports io.github.maskalign.autograd;
  exports io.github.maskalign.autograd.nn;
  exports io.github.maskalign.autograd.optim;
}
