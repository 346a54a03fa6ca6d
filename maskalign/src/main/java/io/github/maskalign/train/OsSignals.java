package io.github.maskalign.train;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The signals of the operating system. A shutdown hook, the only other way to them, would run while
 * the rest of the library shuts down too, and could not see a second signal. The compiler warns of
 * {@code sun.misc}, and nothing silences it; there is no other such class. An import would have
 * Javadoc warn too.
 */
final class OsSignals {

  private OsSignals() {}

  static @Nullable Runnable handle(String name, IntConsumer handler) {
    var signal = new sun.misc.Signal(name);
    try {
      var former = sun.misc.Signal.handle(signal, received -> handler.accept(received.getNumber()));
      return () -> sun.misc.Signal.handle(signal, former);
    } catch (IllegalArgumentException reserved) {
      // Java was started with -Xrs, which leaves all signals to the operating system.
      return null;
    }
  }
}
