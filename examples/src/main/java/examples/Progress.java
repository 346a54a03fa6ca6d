package examples;

import java.io.PrintWriter;

/** Says every two seconds how far a long job is and how long the rest will take. */
final class Progress {

  private static final long INTERVAL_NANOS = 2_000_000_000L;

  /** Before so much time, Java is still compiling, and a guess would frighten. */
  private static final double GUESS_SECONDS = 8;

  private final PrintWriter out;
  private final String what;
  private final long total;
  private final long start = System.nanoTime();
  private long told = start;
  private long done;

  /**
   * Starts the clock.
   *
   * @param what is counted, in the plural
   */
  Progress(PrintWriter out, String what, long total) {
    this.out = out;
    this.what = what;
    this.total = total;
  }

  /** So many more are done. */
  void add(long more) {
    done += more;
    long now = System.nanoTime();
    if (now - told >= INTERVAL_NANOS && done < total) {
      told = now;
      double seconds = (now - start) * 1e-9;
      out.printf("%,d of %,d %s", done, total, what);
      out.printf(
          seconds < GUESS_SECONDS ? "%n" : ", about %.0f s left%n",
          seconds / done * (total - done));
      out.flush();
    }
  }
}
