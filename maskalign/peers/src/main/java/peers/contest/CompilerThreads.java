package peers.contest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Processor time of the JVM's JIT compiler threads. {@link
 * java.lang.management.CompilationMXBean#getTotalCompilationTime} counts a method only once it is
 * compiled, which is after the rounds that its compilation disturbed.
 */
public final class CompilerThreads {

  private final Path tasks;

  /** By thread, since the JVM ends compiler threads that have nothing to do. */
  private final Map<String, Long> nanos = new HashMap<>();

  /** Those of this JVM. */
  public CompilerThreads() {
    this(Path.of("/proc/self/task"));
  }

  CompilerThreads(Path tasks) {
    this.tasks = tasks;
  }

  /** Nanoseconds of processor time so far. */
  public long nanos() {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        read(thread);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + tasks + ": the contest needs Linux", e);
    }
    return nanos.values().stream().mapToLong(Long::longValue).sum();
  }

  private void read(Path thread) {
    try {
      // The kernel truncates names to 15 characters: C2 CompilerThread0.
      if (Files.readString(thread.resolve("comm")).matches("C[12] Compiler.*\\s*")) {
        String[] running = Files.readString(thread.resolve("schedstat")).split(" ");
        nanos.put(thread.getFileName().toString(), Long.parseLong(running[0]));
      }
    } catch (IOException e) {
      // The thread has ended since the folder was listed; what it used is in the map.
    }
  }
}
