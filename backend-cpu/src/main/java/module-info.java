import org.jspecify.annotations.NullMarked;

/**
 * The backend that runs on the processor's vector units; found by ServiceLoader, never imported.
 */
@NullMarked
module io.github.maskalign.cpu {
  requires io.github.maskalign.tensor;
  requires jdk.incubator.vector;
  requires static org.jspecify;
}
