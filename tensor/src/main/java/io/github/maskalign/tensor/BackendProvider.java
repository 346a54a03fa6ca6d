package io.github.maskalign.tensor;

import java.util.Set;

/**
 * Provides one backend to {@link Backends}; found by {@link java.util.ServiceLoader}.
 *
 * @since 0.1.0
 */
public interface BackendProvider {

  /** The name that selects the backend, as in {@code --backend}. */
  String name();

  /** The rank of the backend; providers of higher rank are tried first. */
  int preference();

  /** The supported precisions of matrix products and attention. */
  default Set<Precision> precisions() {
    return Set.of(Precision.F32);
  }

  /** Reports whether {@link #open} would succeed, or why not and what to do. Never throws. */
  Availability probe();

  /** Reports whether {@link #open} would succeed with these options. Never throws. */
  default Availability probe(BackendOptions options) {
    return probe();
  }

  /** Opens the backend; called only after {@link #probe} reported it as available. */
  Backend open(BackendOptions options);

  /** The result of a probe. */
  sealed interface Availability {

    /** The backend is available. */
    record Available() implements Availability {}

    /**
     * The backend is unavailable.
     *
     * @param reason why not and what to do, in one line, for users who asked for this backend
     * @param summary a short clause for those who did not
     * @param fixable whether it would run on this machine if what the reason says were done
     */
    record Unavailable(String reason, String summary, boolean fixable) implements Availability {

      /** A reason that is short enough for everybody, on a machine that cannot run it. */
      public Unavailable(String reason) {
        this(reason, reason, false);
      }
    }
  }
}
