import org.jspecify.annotations.NullMarked;

/** Tensors: what a number array is, and the contract that every backend keeps. */
@NullMarked
module io.github.maskalign.tensor {
  requires static org.jspecify;
}
