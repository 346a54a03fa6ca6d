package io.github.maskalign.vit.hub;

/**
 * Receives the events of a download, on the fetching thread.
 *
 * @since 0.1.0
 */
public interface FetchListener {

  /** Does nothing. */
  FetchListener NONE = new FetchListener() {};

  /** Logs notes as warnings, by the logger of this package's name. */
  FetchListener LOG =
      new FetchListener() {
        @Override
        public void note(String line) {
          System.getLogger(FetchListener.class.getPackageName())
              .log(System.Logger.Level.WARNING, line);
        }
      };

  /**
   * Bytes of a file arrived.
   *
   * @param file its path in the repository
   * @param done bytes so far; fewer than before if it restarts
   * @param total bytes of the whole file
   */
  default void progress(String file, long done, long total) {}

  /** Something that the user should know, in a line: a wait, or that cached files are used. */
  default void note(String line) {}
}
