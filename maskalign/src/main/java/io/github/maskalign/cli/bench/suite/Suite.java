package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.cli.bench.measure.Benchmark;
import java.util.ArrayList;
import java.util.List;

/** The list of benchmarks. */
public final class Suite {

  /** Tokens that a block merges. */
  private static final int[] MERGED = {8, 16};

  private Suite() {}

  /**
   * All benchmarks, in the order in which they run.
   *
   * @param models sizes of networks for embedding, optimizer and training step
   * @param pictures batch size of a step; half of it for a teacher
   */
  public static List<Benchmark> of(List<ModelSize> models, int pictures) {
    List<Benchmark> all = new ArrayList<>(ProductBenchmarks.all());
    all.addAll(RowBenchmarks.all());
    all.addAll(MovementBenchmarks.all(models));
    all.add(NetworkBenchmarks.teacher(Math.max(1, pictures / 2)));
    for (ModelSize model : models) {
      all.add(NetworkBenchmarks.embedding(model));
      for (int merge : MERGED) {
        all.add(NetworkBenchmarks.merging(model, merge));
      }
    }
    models.forEach(model -> all.add(NetworkBenchmarks.step(model, pictures)));
    all.addAll(PictureBenchmarks.all());
    all.addAll(SearchBenchmarks.all());
    return all;
  }
}
