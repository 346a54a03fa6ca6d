package io.github.maskalign.cpu;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A backend and a scope of operands. Fresh JVMs, since one may compile a kernel badly for good. */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class KernelBenchmark {

  /** Of the backend; JMH's own {@code -t} stays 1. */
  @Param("1")
  public int threads;

  /** Name of the backend: cpu, or plain for the kernels in plain Java. */
  @Param("cpu")
  public String backendName;

  private final Random random = new Random(1);
  private Backend backend;
  private Scope scope;

  /** Makes the operands. */
  protected abstract void operands();

  /** Opens the backend. */
  @Setup(Level.Trial)
  public void open() {
    backend = Backends.open(backendName, BackendOptions.defaults().withThreads(threads)).backend();
    scope = Scope.root(backend, "operands");
    operands();
  }

  /** Closes it. */
  @TearDown(Level.Trial)
  public void close() {
    scope.close();
    backend.close();
  }

  /** Owns the operands. */
  protected final Scope scope() {
    return scope;
  }

  /** Uniform in [-0.5, 0.5). */
  protected final Tensor random(int... dims) {
    int count = 1;
    for (int dim : dims) {
      count *= dim;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return scope.eager().of(values, dims);
  }

  /**
   * Runs an operation and frees its result: writing that to memory keeps it from being left out.
   */
  protected final void call(Consumer<Eager> operation) {
    try (Scope call = scope.child("call")) {
      operation.accept(call.eager());
    }
  }
}
