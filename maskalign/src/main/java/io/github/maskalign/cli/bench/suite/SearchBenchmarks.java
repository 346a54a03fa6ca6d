package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Benchmark.Work;
import io.github.maskalign.tensor.io.PrivateFolder;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.search.VectorIndex;
import io.github.maskalign.vit.search.VectorIndexWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Nearest-neighbor search in an index file, which stays in the page cache. */
public final class SearchBenchmarks {

  public static final String PREFIX = "search/";

  private static final int VECTORS = 100_000;
  private static final int WIDTH = 768;
  private static final int MATCHES = 10;
  private static final String NO_MODEL = "0".repeat(64);

  private SearchBenchmarks() {}

  static List<Benchmark> all() {
    return List.of(of(VECTORS, WIDTH));
  }

  private static Benchmark of(int vectors, int width) {
    return new Benchmark(
        PREFIX + "%dx%d".formatted(vectors, width),
        "the %d nearest of %,d vectors of width %d, on all cores"
            .formatted(MATCHES, vectors, width),
        Work.ofBytes((double) vectors * width * Float.BYTES),
        _ -> {
          VectorIndex index = open(vectors, width);
          float[] query = vector(0, width);
          return () -> index.search(query, MATCHES);
        });
  }

  /** The index stays open until the process ends, which deletes the file. */
  private static VectorIndex open(int vectors, int width) {
    try {
      Path file = PrivateFolder.create().path().resolve("vectors.index");
      try (VectorIndexWriter writer = VectorIndexWriter.create(file, width, NO_MODEL)) {
        for (int i = 0; i < vectors; i++) {
          writer.add("", vector(i, width));
        }
        writer.finish();
      }
      return VectorIndex.open(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the index to search", e);
    }
  }

  private static float[] vector(int number, int width) {
    Philox random = Philox.of(1).at(number);
    float[] vector = new float[width];
    for (int i = 0; i < width; i++) {
      vector[i] = random.uniform(i) - 0.5f;
    }
    return vector;
  }
}
