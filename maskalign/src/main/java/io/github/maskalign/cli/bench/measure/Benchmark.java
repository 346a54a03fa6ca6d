package io.github.maskalign.cli.bench.measure;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Something to time.
 *
 * @param name what {@code --only} selects by
 * @param what the operands, for people
 * @param work of one call
 * @param setup makes what a call needs
 */
public record Benchmark(String name, String what, Work work, Setup setup) {

  /** Makes operands, which the scope owns, and answers the call to be timed. */
  @FunctionalInterface
  public interface Setup {
    Runnable open(Scope scope);
  }

  public Benchmark withName(String newName) {
    return new Benchmark(newName, what, work, setup);
  }

  /** An operation whose result is freed at once. */
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
}
