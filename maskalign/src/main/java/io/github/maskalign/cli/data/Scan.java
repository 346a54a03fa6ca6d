package io.github.maskalign.cli.data;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.ThreadInterruptedException;
import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.PictureHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Decodes all images of a data set on several threads. */
final class Scan {

  private static final int PROGRESS_MILLIS = 250;
  private static final int ROUNDS_AFTER_STOP = 12;
  private static final String NO_FILE = "pixels";

  /** Called regularly with the number of images done. */
  @FunctionalInterface
  interface Progress {
    void done(int pictures, int of);
  }

  /** The result for one image. */
  sealed interface Finding {}

  /**
   * An intact image.
   *
   * @param format of its file
   * @param colors color type of its file
   * @param width as stored
   * @param height as stored
   * @param digest of its file, or of its pixels if it has none
   */
  record Whole(String format, StoredColors colors, int width, int height, Digest digest)
      implements Finding {}

  /** An image that cannot be decoded. */
  record Damaged(String reason) implements Finding {}

  /** An image for which there is too little memory. */
  record Unchecked(String reason) implements Finding {}

  /** Half of a SHA-256 digest, enough to identify a file. */
  record Digest(long high, long low) {
    static Digest of(ByteBuffer content) {
      String hex = new Sha256().add(content).hex();
      return new Digest(
          Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
    }
  }

  private final Dataset pictures;
  private final PictureDecoder decoder;
  private final AtomicReferenceArray<Finding> findings;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private double seconds;

  Scan(Dataset pictures, PictureDecoder decoder) {
    this.pictures = pictures;
    this.decoder = decoder;
    this.findings = new AtomicReferenceArray<>(pictures.size());
  }

  /** The result for a sample; null if the scan was interrupted before it. */
  @Nullable Finding finding(int sample) {
    return findings.get(sample);
  }

  double seconds() {
    return seconds;
  }

  /** Checks all images, until an interruption. */
  void run(int threads, BooleanSupplier stop, Progress progress) {
    long start = System.nanoTime();
    ExecutorService workers =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        ends.add(workers.submit(() -> work(stop)));
      }
      await(ends, stop, progress);
    } finally {
      workers.shutdown();
    }
    seconds = (System.nanoTime() - start) * 1e-9;
    progress.done(done.get(), pictures.size());
  }

  /** Waits for the workers, after a stop not forever: reading a dead network folder never ends. */
  private void await(List<Future<?>> ends, BooleanSupplier stop, Progress progress) {
    int rounds = 0;
    for (Future<?> end : ends) {
      while (rounds < ROUNDS_AFTER_STOP && !ended(end)) {
        progress.done(done.get(), pictures.size());
        rounds += stop.getAsBoolean() ? 1 : 0;
      }
    }
  }

  private static boolean ended(Future<?> end) {
    try {
      end.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      throw new ThreadInterruptedException("interrupted while checking", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error fatal) {
        throw fatal;
      }
      throw (RuntimeException) e.getCause();
    }
  }

  private void work(BooleanSupplier stop) {
    int sample = next.getAndIncrement();
    while (sample < pictures.size() && !stop.getAsBoolean()) {
      findings.set(sample, forward(sample));
      done.incrementAndGet();
      sample = next.getAndIncrement();
    }
  }

  private Finding forward(int sample) {
    try {
      byte[] file = pictures.file(sample);
      return file == null ? pixels(pictures.picture(sample)) : file(file, pictures.name(sample));
    } catch (DamagedPictureException e) {
      return new Damaged(e.reason());
    } catch (OutOfMemoryException e) {
      return new Unchecked(e.getMessage());
    }
  }

  private Finding file(byte[] file, String name) {
    PictureHeader header = decoder.header(file, name);
    decoder.decode(file, name);
    return new Whole(
        header.format().toString(),
        StoredColors.of(file, header.format()),
        header.width(),
        header.height(),
        Digest.of(ByteBuffer.wrap(file)));
  }

  private static Finding pixels(Picture picture) {
    int size = picture.channels() * picture.height() * picture.width();
    return new Whole(
        NO_FILE,
        picture.channels() == 1 ? StoredColors.GRAY : StoredColors.COLOR,
        picture.width(),
        picture.height(),
        Digest.of(ByteBuffer.wrap(picture.pixels(), picture.offset(), size)));
  }
}
