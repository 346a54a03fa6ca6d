package io.github.maskalign.cli.bench.measure;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An operation to measure.
 *
 * @param name that {@code --only} matches
 * @param what description of the operands
 * @param work of one call
 * @param setup creates the operands
 */
public record Benchmark(String name, String what, Work work, Setup setup) {

  /** Creates operands, which the scope owns, and returns the call to measure. */
  @FunctionalInterface
  public interface Setup {
    Runnable open(Scope scope);
  }

  /** This benchmark under another name. */
  public Benchmark withName(String newName) {
    return new Benchmark(newName, what, work, setup);
  }

  /** A tensor operation whose result is freed after each call. */
  public static Benchmark kernel(
      String name, String what, Work work, Function<Operands, Consumer<Eager>> setup) {
    return new Benchmark(
        name,
        what,
        work,
        scope -> {
          Consumer<Eager> operation = setup.apply(new Operands(scope));
          return () -> {
            try (Scope call = scope.child("call")) {
              operation.accept(call.eager());
            }
          };
        });
  }

  /**
   * The work of one call, for rates; 0 where not applicable.
   *
   * @param flops floating-point operations of products; a multiply-add counts as two
   * @param bytes minimum memory traffic of a memory-bound operation
   * @param images number of images of a training step or forward pass
   */
  public record Work(double flops, double bytes, int images) {

    public static Work ofFlops(double flops) {
      return new Work(flops, 0, 0);
    }

    public static Work ofBytes(double bytes) {
      return new Work(0, bytes, 0);
    }
  }
}
