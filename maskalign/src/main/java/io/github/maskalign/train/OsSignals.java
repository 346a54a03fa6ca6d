package io.github.maskalign.train;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The signals of the operating system. A shutdown hook, the only other way to them, would run while
 * the rest of the library shuts down too, and could not see a second signal. The compiler warns of
 * {@code sun.misc}, and nothing silences it; there is no other such class. An import would have
 * Javadoc warn too.
 *
 * @since 0.1.0
 */
public final class OsSignals {

  private OsSignals() {}

  /**
   * Calls the handler with the number of each signal of this name, instead of what it does else.
   *
   * @param name such as {@code INT}
   * @return what restores the former handling; null where Java may not handle the signal
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
