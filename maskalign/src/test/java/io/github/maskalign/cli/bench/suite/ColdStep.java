package io.github.maskalign.cli.bench.suite;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingStream;

/**
 * Runs training steps in a JVM that has compiled nothing, and prints what it does meanwhile: {@code
 * step BYTES}, the Java objects of each step, then {@code deoptimized COUNT METHOD:BCI REASON in
 * KERNEL}.
 */
final class ColdStep {

  private static final String OURS = "io.github.maskalign.";

  private ColdStep() {}

  /** Takes the number of steps and of threads. */
  public static void main(String[] args) throws InterruptedException {
    Map<String, Integer> counts = new TreeMap<>();
    try (RecordingStream events = new RecordingStream()) {
      events.enable("jdk.Deoptimization").withStackTrace();
      events.onEvent("jdk.Deoptimization", event -> counts.merge(place(event), 1, Integer::sum));
      events.startAsync();
      run(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
      events.stop();
    }
    counts.forEach((place, count) -> System.out.println("deoptimized " + count + " " + place));
  }

  private static String place(RecordedEvent event) {
    RecordedMethod method = event.getValue("method");
    return method.getType().getName()
        + "."
        + method.getName()
        + ":"
        + event.getInt("bci")
        + " "
        + event.getString("reason")
        + " in "
        + kernel(event);
  }

  /** Our method into which that of the JDK was inlined; all kernels share those of the JDK. */
  private static String kernel(RecordedEvent event) {
    RecordedStackTrace stack = event.getStackTrace();
    List<RecordedFrame> frames = stack == null ? List.of() : stack.getFrames();
    return frames.stream()
        .map(frame -> frame.getMethod().getType().getName() + "." + frame.getMethod().getName())
        .filter(name -> name.startsWith(OURS))
        .findFirst()
        .orElse("none of ours");
  }

  private static void run(int steps, int threads) {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Backends.Choice choice =
            Backends.open("cpu", new BackendOptions(threads, Long.MAX_VALUE));
        Scope scope = Scope.root(choice.backend(), "cold")) {
      Runnable step = NetworkBenchmarks.step(ModelSize.TINY, 4).setup().open(scope);
      for (int i = 0; i < steps; i++) {
        long before = bean.getTotalThreadAllocatedBytes();
        step.run();
        System.out.println("step " + (bean.getTotalThreadAllocatedBytes() - before));
      }
    }
  }
}
