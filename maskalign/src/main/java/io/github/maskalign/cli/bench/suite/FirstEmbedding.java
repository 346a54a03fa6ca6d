package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.cli.bench.measure.ResidentMemory;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.image.Picture;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * The program that {@link StartBenchmark} starts: one embedding, the time that it came after the
 * start of the JVM, and the memory that some more take.
 */
final class FirstEmbedding {

  private static final int SIDE = 224;
  private static final int MORE = 10;

  private FirstEmbedding() {}

  /** Arguments: weight file, backend, threads, precision. Prints milliseconds and bytes. */
  public static void main(String[] args) {
    byte[] pixels = new byte[3 * SIDE * SIDE];
    new Random(1).nextBytes(pixels);
    Picture picture = Picture.of(pixels, 3, SIDE, SIDE);
    EmbedderOptions options =
        EmbedderOptions.defaults()
            .withBackend(args[1])
            .withThreads(Integer.parseInt(args[2]))
            .withPrecision(Precision.valueOf(args[3]));
    try (Embedder embedder = Embedder.load(Path.of(args[0]), options)) {
      long loaded = sinceStart();
      embedder.embed(picture);
      long first = sinceStart();
      for (int i = 0; i < MORE; i++) {
        embedder.embed(picture);
      }
      System.out.printf(Locale.ROOT, "%d %d %.0f%n", loaded, first, ResidentMemory.peak());
    }
  }

  private static long sinceStart() {
    return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
  }
}
