package io.github.maskalign.train;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Handles signals of the operating system. A shutdown hook, the only other way, would run while the
 * rest of the library shuts down too, and could not see a second signal. The compiler warns about
 * {@code sun.misc}, and nothing silences it; an import would have Javadoc warn too.
 *
 * @since 0.1.0
 */
public final class SystemSignals {

  private SystemSignals() {}

  /**
   * Calls the handler with the number of each signal of this name, instead of its default action.
   *
   * @param name such as {@code INT}
   * @return restores the former handler; null if the signal cannot be handled here
   */
  public static @Nullable Runnable handle(String name, IntConsumer handler) {
    try {
      var signal = new sun.misc.Signal(name);
      var former = sun.misc.Signal.handle(signal, received -> handler.accept(received.getNumber()));
      return () -> sun.misc.Signal.handle(signal, former);
    } catch (IllegalArgumentException reserved) {
      // Unknown to this system, or Java was started with -Xrs.
      return null;
    }
  }
}
