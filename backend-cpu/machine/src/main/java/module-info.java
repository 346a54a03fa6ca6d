import org.jspecify.annotations.NullMarked;

/**
 * Kernels for products of BF16, assembled at run time; found by ServiceLoader, never imported.
 * Exports nothing.
 */
@NullMarked
module io.github.maskalign.cpu.machine {
  requires io.github.maskalign.cpu;
  requires static org.jspecify;

  provides io.github.maskalign.cpu.bf16.Bf16Provider with
      io.github.maskalign.cpu.machine.MachineProvider;
}
