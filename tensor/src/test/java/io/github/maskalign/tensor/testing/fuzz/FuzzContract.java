package io.github.maskalign.tensor.testing.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.tensor.error.FormatException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A reader accepts a mutated file or refuses it with an exception that names the file, within
 * bounded time and memory. {@code -Dfuzz.cases=N} and {@code -Dfuzz.from=M} make the long test read
 * the mutations M to M + N - 1.
 */
public abstract class FuzzContract {
  private static final int SHORT_CASES = 1_000;
  private static final int LONG_CASES = Integer.getInteger("fuzz.cases", 20_000);

  /** The long test does not repeat the short one. */
  private static final long LONG_FROM = Long.getLong("fuzz.from", SHORT_CASES);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private long read;
  private long maxBytes;
  private long maxNanos;

  /** The files to read. */
  protected abstract ByteMutator mutator();

  /**
   * Reads a file and everything in it. Throws the reader's own exception if the file is refused.
   *
   * @param name the name that the message of the exception must contain
   */
  protected abstract void read(byte[] file, String name) throws Exception;

  /** Whether an exception is the one with which the reader refuses files. */
  protected boolean isRefusal(Throwable failure) {
    return failure instanceof FormatException;
  }

  /** Java memory, in bytes, that reading one file may allocate in the calling thread. */
  protected long memoryLimit(byte[] file) {
    return 8 << 20;
  }

  /** Seconds that reading one file may take. */
  protected long secondsLimit() {
    return 5;
  }

  /** How many mutations to read of a number asked for: fewer in a second test of a format. */
  protected int share(int cases) {
    return cases;
  }

  @Test
  void mutatedFilesAreReadOrRefused() throws Exception {
    run(0, share(SHORT_CASES));
  }

  @Test
  @Tag("slow")
  void manyMutatedFilesAreReadOrRefused() throws Exception {
    run(LONG_FROM, share(LONG_CASES));
  }

  private void run(long from, long count) throws Exception {
    ByteMutator mutator = mutator();
    for (byte[] original : mutator.originals()) {
      read(original, "original");
    }
    for (long i = from; i < from + count; i++) {
      tryOne(mutator.mutation(i), "mutation-" + i);
    }
    System.out.printf(
        "%s: %,d mutations from %,d, of which %,d were read; at most %,d KB and %,d ms%n",
        getClass().getSimpleName(), count, from, read, maxBytes >> 10, maxNanos / 1_000_000);
    assertTrue(read > 0 && read < count, read + " of " + count + " mutations were read");
  }

  private void tryOne(byte[] file, String name) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    try {
      read(file, name);
      read++;
    } catch (Exception | StackOverflowError | OutOfMemoryError failure) {
      if (!isRefusal(failure)) {
        throw new AssertionError(name + " (" + file.length + " bytes): " + failure, failure);
      }
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains(name), message);
      assertFalse(message.chars().anyMatch(FuzzContract::isRaw), () -> name + ": " + message);
    }
    long nanos = System.nanoTime() - start;
    long taken = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    maxNanos = Math.max(maxNanos, nanos);
    maxBytes = Math.max(maxBytes, taken);
    assertTrue(nanos < secondsLimit() * 1_000_000_000L, () -> name + " took " + nanos + " ns");
    assertTrue(taken < memoryLimit(file), () -> name + " took " + taken + " bytes");
  }

  /** Whether a character of a file would act on the terminal that shows the message. */
  private static boolean isRaw(int character) {
    return Character.isISOControl(character) && character != '\n' && character != '\t';
  }
}
