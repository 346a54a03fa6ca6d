package io.github.maskalign.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Handles signals of the operating system. A shutdown hook, the only other way, would run while the
 * rest of the library shuts down too, and could not see a second signal. The compiler warns about
 * {@code sun.misc}, and nothing silences it; an import would have Javadoc warn too.
 *
 * @since 0.1.0
 */
public final class SystemSignals {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String IGNORED = "SigIgn:";

  private SystemSignals() {}

  /**
   * Calls the handler with the number of each signal of this name, instead of its default action. A
   * signal that the process was started to ignore remains ignored.
   *
   * @param name such as {@code INT}
   * @return restores the former handler; null if the signal cannot be handled here
   */
  public static @Nullable Runnable handle(String name, IntConsumer handler) {
    try {
      var signal = new sun.misc.Signal(name);
      if (isIgnored(signal.getNumber())) {
        return null;
      }
      var former = sun.misc.Signal.handle(signal, received -> handler.accept(received.getNumber()));
      return () -> sun.misc.Signal.handle(signal, former);
    } catch (IllegalArgumentException reserved) {
      // Unknown to this system, or Java was started with -Xrs.
      return null;
    }
  }

  /** Known on Linux only; elsewhere Java itself leaves INT, TERM and HUP ignored. */
  private static boolean isIgnored(int number) {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(IGNORED))
          .mapToLong(line -> Long.parseUnsignedLong(line.substring(IGNORED.length()).strip(), 16))
          .anyMatch(mask -> (mask >> (number - 1) & 1) != 0);
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      return false;
    }
  }
}
