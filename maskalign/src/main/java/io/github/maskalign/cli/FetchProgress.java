package io.github.maskalign.cli;

import io.github.maskalign.vit.hub.FetchListener;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * Shows the progress of a download on standard error, a line for each file.
 *
 * @since 0.1.0
 */
public final class FetchProgress implements FetchListener, AutoCloseable {

  private static final long MEGA = 1_000_000;

  private final PrintWriter out;
  private @Nullable ProgressLine line;
  private String shown = "";

  private FetchProgress(PrintWriter out) {
    this.out = out;
  }

  /** Shows progress on standard error. */
  public static FetchProgress onStandardError() {
    return new FetchProgress(new PrintWriter(System.err, true));
  }

  @Override
  public void progress(String file, long done, long total) {
    if (line == null || !shown.equals(file)) {
      close();
      shown = file;
      line = new ProgressLine(out, file + ", MB");
    }
    line.update(done / MEGA, total / MEGA);
  }

  @Override
  public void note(String text) {
    if (line != null) {
      line.clear();
    }
    out.println(text);
  }

  @Override
  public void close() {
    if (line != null) {
      line.close();
      line = null;
    }
  }
}
