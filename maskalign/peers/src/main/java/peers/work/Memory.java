package peers.work;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.tensor.MemoryStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import peers.contest.Median;

/** Memory use of a ViT-S/16 training step, in a separate process. */
public final class Memory {

  public static final String RESIDENT = "peak resident bytes";
  public static final String HEAP = "Java heap bytes in a step";
  public static final String POOL_GROWTH = "pool growth in the second half of the steps, bytes";

  /** Enough for C2 to compile the whole step. */
  private static final int STEPS = 80;

  private Memory() {}

  /** Figures of our side, by name. */
  public static Map<String, Double> ours() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (OurStep step = OurStep.student(1, StepShape.SMALL, LossKind.L2)) {
      double[] heap = new double[STEPS / 4];
      long halfWay = 0;
      for (int i = 0; i < STEPS; i++) {
        if (i == STEPS / 2) {
          halfWay = bytes(step.memory());
        }
        long before = threads.getTotalThreadAllocatedBytes();
        step.run();
        heap[i % heap.length] = threads.getTotalThreadAllocatedBytes() - before;
      }
      return Map.of(
          RESIDENT,
          resident(),
          HEAP,
          Median.of(heap),
          POOL_GROWTH,
          (double) (bytes(step.memory()) - halfWay));
    }
  }

  private static long bytes(MemoryStats stats) {
    return stats.live() + stats.pooled();
  }

  /** Figures of libtorch, by name. */
  public static Map<String, Double> theirs() {
    try (Step step = TorchStep.student(StepShape.SMALL)) {
      for (int i = 0; i < STEPS / 4; i++) {
        step.run();
      }
      return Map.of(RESIDENT, resident());
    }
  }

  private static double resident() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM"))
          .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
