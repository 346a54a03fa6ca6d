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

  // The contract of the kernels that are assembled at run time, in a jar of their own.
  exports io.github.maskalign.cpu.bf16 to
      io.github.maskalign.cpu.machine;

  uses io.github.maskalign.cpu.bf16.Bf16Provider;

  provides io.github.maskalign.tensor.BackendProvider with
      io.github.maskalign.cpu.CpuProvider,
      io.github.maskalign.cpu.PlainProvider;
}
