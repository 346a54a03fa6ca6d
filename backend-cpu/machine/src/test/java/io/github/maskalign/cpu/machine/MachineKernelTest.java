package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cpu.bf16.Bf16Dot;
import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Provider;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kernel gives the bits of {@link Bf16Dot}. */
class MachineKernelTest {

  @Test
  void theServiceLoaderFindsTheRungs() {
    List<Bf16Provider> providers =
        ServiceLoader.load(Bf16Provider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(MachineProvider.class::isInstance)
            .toList();
    assertEquals(1, providers.size());
    assertEquals(
        List.of("avx512-bf16", "avx512", "avx2"),
        providers.getFirst().rungs().stream().map(rung -> rung.name()).toList());
  }

  @Test
  void openingAgainGivesTheSameKernel() {
    assertEquals(Kernels.all(), Kernels.all());
  }

  @Property(tries = 300)
  void anyShape(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 25) int steps,
      @ForAll @IntRange(max = 9) int aGap,
      @ForAll @IntRange(max = 9) int cGap,
      @ForAll Panel.Addend addend,
      @ForAll long seed) {
    Panel.Values values = new RandomValues(RandomValues.Kind.ORDINARY, seed);
    for (Bf16Kernel kernel : Kernels.all()) {
      try (Arena arena = Arena.ofConfined()) {
        // The least alignments that the contract asks for.
        new Panel(
                rows,
                8 * steps,
                aGap,
                cGap,
                addend,
                values,
                n -> arena.allocate(n + 4, 8).asSlice(4))
            .check(kernel);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyValues(RandomValues.Kind kind) {
    for (Bf16Kernel kernel : Kernels.all()) {
      for (int i = 0; i < 400; i++) {
        Panel.Values values = new RandomValues(kind, i);
        int terms = i % 4 == 0 ? 40 : 8;
        try (Arena arena = Arena.ofConfined()) {
          new Panel(14, terms, 0, 0, Panel.Addend.APART, values, arena::allocate).check(kernel);
        }
      }
    }
  }

  @Test
  void fourThreadsAtOnce() throws Exception {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (Bf16Kernel kernel : Kernels.all()) {
      for (int thread = 0; thread < 4; thread++) {
        int rows = 30 + thread;
        Panel.Values values = new RandomValues(RandomValues.Kind.TINY, thread);
        tasks.add(
            () -> {
              try (Arena arena = Arena.ofConfined()) {
                Panel panel =
                    new Panel(rows, 64, 1, 1, Panel.Addend.RESULT, values, arena::allocate);
                for (int repeat = 0; repeat < 200; repeat++) {
                  panel.check(kernel);
                }
              }
              return null;
            });
      }
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    }
    assertTrue(tasks.size() >= 4);
  }
}
