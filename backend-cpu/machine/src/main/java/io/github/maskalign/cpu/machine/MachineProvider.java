package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.bf16.Bf16Provider;
import io.github.maskalign.cpu.bf16.Bf16Rung;
import java.util.List;

/** Offers the kernels in machine code. */
public final class MachineProvider implements Bf16Provider {

  /** For the service loader. */
  public MachineProvider() {}

  @Override
  public List<Bf16Rung> rungs() {
    return List.copyOf(MachineRung.ALL);
  }
}
