package io.github.maskalign.cpu.bf16;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Chooses the fastest kernel of BF16 that works here. The choice decides no bits. */
public final class Bf16Ladder {

  /** A system property with the name of the only rung to try, for tests. */
  static final String RUNG = "maskalign.bf16.kernel";

  /** The name of the last rung, {@link JavaBf16Kernel}. */
  static final String JAVA = "java";

  /**
   * A kernel.
   *
   * @param refusals why faster ones do not work here, a clause each
   * @param inF32 the fastest kernel here that multiplies in F32; null if there is none
   */
  public record Choice(Bf16Kernel kernel, List<String> refusals, @Nullable Bf16Kernel inF32) {

    /** What computes, why nothing faster does, and whether F32 would be faster, for display. */
    public String explanation() {
      List<String> parts = new ArrayList<>();
      parts.add("BF16 products by " + kernel.description());
      parts.addAll(refusals);
      if (isSlowerThanF32()) {
        parts.add("F32 is faster here");
      }
      return String.join("; ", parts);
    }

    /** Measured by emitted code, which no JIT compiler delays, where that is not known. */
    private boolean isSlowerThanF32() {
      if (inF32 == null || kernel == inF32) {
        return true;
      }
      return new Bf16Rate(kernel).measure() < new Bf16Rate(inF32).measure();
    }
  }

  private Bf16Ladder() {}

  /**
   * The fastest kernel of the providers on the class or module path.
   *
   * @throws DeviceException if there is no provider
   */
  public static Choice choose() {
    List<Bf16Provider> providers =
        ServiceLoader.load(Bf16Provider.class, Bf16Ladder.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    if (providers.isEmpty()) {
      throw new DeviceException(
          "BF16 on the CPU needs the jar maskalign-backend-cpu-machine, which is not there; add it"
              + " or choose the precision F32");
    }
    List<Bf16Rung> rungs = providers.stream().flatMap(p -> p.rungs().stream()).toList();
    return choose(rungs, System.getProperty(RUNG));
  }

  /** The first of some rungs that works, or the one of a name. */
  static Choice choose(List<Bf16Rung> rungs, @Nullable String only) {
    List<String> names =
        Stream.concat(rungs.stream().map(Bf16Rung::name), Stream.of(JAVA)).toList();
    if (only != null && !names.contains(only)) {
      throw new ArgumentException(
          "%s: no kernel '%s'; there are %s".formatted(RUNG, only, String.join(", ", names)));
    }
    List<String> refusals = new ArrayList<>();
    for (Bf16Rung rung : rungs) {
      if (only != null && !rung.name().equals(only)) {
        continue;
      }
      switch (rung.open()) {
        case Bf16Rung.Attempt.Opened(Bf16Kernel kernel) -> {
          return new Choice(kernel, refusals, rung.multipliesInF32() ? kernel : inF32(rungs));
        }
        case Bf16Rung.Attempt.Refused(String reason) ->
            refusals.add("not " + rung.name() + ": " + reason);
      }
    }
    if (only != null && !only.equals(JAVA)) {
      throw new DeviceException(RUNG + ": " + String.join("; ", refusals));
    }
    return new Choice(new JavaBf16Kernel(), refusals, null);
  }

  private static @Nullable Bf16Kernel inF32(List<Bf16Rung> rungs) {
    for (Bf16Rung rung : rungs) {
      if (rung.multipliesInF32()
          && rung.open() instanceof Bf16Rung.Attempt.Opened(Bf16Kernel kernel)) {
        return kernel;
      }
    }
    return null;
  }
}
