import org.jspecify.annotations.NullMarked;

/** The backend that runs on an NVIDIA GPU; found by ServiceLoader, never imported. */
@NullMarked
module io.github.maskalign.cuda {
  requires io.github.maskalign.tensor;
  requires static org.jspecify;
}
