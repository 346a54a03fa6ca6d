package io.github.maskalign.cli.train;

import io.github.maskalign.teacher.cache.CachedTargets;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/** Tells every ten seconds how far the filling of a teacher's cache is. */
final class CacheProgress implements CachedTargets.Progress {

  private static final long INTERVAL_NANOS = 10_000_000_000L;

  private final PrintStream out;
  private final LongSupplier nanoTime;
  private long shown;

  CacheProgress(PrintStream out, LongSupplier nanoTime) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.shown = nanoTime.getAsLong();
  }

  @Override
  public void made(long crops, long lacking) {
    long now = nanoTime.getAsLong();
    if (now - shown >= INTERVAL_NANOS) {
      shown = now;
      out.printf("teacher cache  crop %,d of %,d%n", crops, lacking);
    }
  }
}
