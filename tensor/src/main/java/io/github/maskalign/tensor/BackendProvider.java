package io.github.maskalign.tensor;

import java.util.Set;

/**
 * Offers one backend to {@link Backends}; found by {@link java.util.ServiceLoader}.
 *
 * @since 0.1.0
 */
public interface BackendProvider {

  /** The name users ask for. */
  String name();

  /** Providers with larger values are tried first. */
  int preference();

  /** What its products and attention can multiply in. */
  default Set<Precision> precisions() {
    return Set.of(Precision.F32);
  }

  /** Whether {@link #open} would work here, or why not and what to do. Never throws. */
  Availability probe();

  /** Opens the backend; only called after a probe that answered available. */
  Backend open(BackendOptions options);

  /** Answer of a probe. */
  sealed interface Availability {

    /** The backend can be opened. */
    record Available() implements Availability {}

    /**
     * The backend cannot be opened.
     *
     * @param reason why not and what to do, in one line
     */
    record Unavailable(String reason) implements Availability {}
  }
}
