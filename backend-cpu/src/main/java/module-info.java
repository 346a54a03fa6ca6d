import org.jspecify.annotations.NullMarked;

/**
 * The backend that runs on the processor's vector units; found by ServiceLoader, never imported.
 */
@NullMarked
module io.github.maskalign.cpu {
  requires io.github.maskalign.tensor;
  // Absent unless switched on: the provider's probe says so, and another backend runs.
  requires static jdk.incubator.vector;
  requires static org.jspecify;

  provides io.github.maskalign.tensor.BackendProvider with
      io.github.maskalign.cpu.CpuProvider;
}
