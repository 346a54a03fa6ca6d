package io.github.maskalign.cli.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import org.junit.jupiter.api.Test;

class BenchmarkRunnerTest {

  @Test
  void objectsOfOtherThreadsCount() throws InterruptedException {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults())) {
      double before = BenchmarkRunner.Usage.of(choice.backend()).heap();
      Thread other =
          Thread.ofPlatform().start(() -> assertEquals(1 << 22, new byte[1 << 22].length));
      other.join();
      double made = BenchmarkRunner.Usage.of(choice.backend()).heap() - before;
      assertTrue(made >= 1 << 22, () -> made + " bytes");
    }
  }

  @Test
  void thePoolCountsWhetherInUseOrNot() {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults())) {
      try (Scope scope = Scope.root(choice.backend(), "test")) {
        scope.ops().zeros(DType.F32, Shape.of(1 << 18));
        assertEquals(1 << 20, BenchmarkRunner.Usage.of(choice.backend()).pool());
      }
      assertEquals(1 << 20, BenchmarkRunner.Usage.of(choice.backend()).pool());
    }
  }

  @Test
  void theResidentPeakIsALineOfLinuxsAccount() {
    String status = "Name:\tjava\nVmPeak:\t 9000000 kB\nVmHWM:\t  490408 kB\nVmRSS:\t  100 kB\n";
    assertEquals(490408.0 * 1024, ResidentMemory.peak(status));
    assertEquals(Double.NaN, ResidentMemory.peak("Name:\tjava\n"));
  }
}
