package io.github.maskalign.align.train;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * The signals of the operating system. A shutdown hook, the only other way to them, would run while
 * the rest of the library shuts down too, and could not see a second signal. The compiler warns of
 * {@code sun.misc}, and nothing silences it; there is no other such class.
 */
final class OsSignals {

  private OsSignals() {}

  static @Nullable Runnable handle(String name, IntConsumer handler) {
    var signal = new Signal(name);
    try {
      var former = Signal.handle(signal, received -> handler.accept(received.getNumber()));
      return () -> Signal.handle(signal, former);
    } catch (IllegalArgumentException reserved) {
      // Java was started with -Xrs, which leaves all signals to the operating system.
      return null;
    }
  }
}
