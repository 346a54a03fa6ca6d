package io.github.maskalign.data;

/**
 * A stop ended the wait for a batch that does not arrive, see {@link LoaderOptions#withStop}. The
 * unfinished step or evaluation has no result.
 *
 * @since 0.1.0
 */
public final class StoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StoppedException() {
    super("stopped while reading hangs");
  }
}
