import org.jspecify.annotations.NullMarked;

/**
 * The backends that run on the processor, on the Vector API and in plain Java; found by
 * ServiceLoader, never imported.
 */
@NullMarked
module io.github.maskalign.cpu {
  requires io.github.maskalign.tensor;
  // Absent unless switched on: then the plain tier runs.
  requires static jdk.incubator.vector;
  requires static org.jspecify;

  provides io.github.maskalign.tensor.BackendProvider with
      io.github.maskalign.cpu.CpuProvider,
      io.github.maskalign.cpu.PlainProvider;
}
