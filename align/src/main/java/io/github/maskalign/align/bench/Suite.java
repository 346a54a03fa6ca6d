package io.github.maskalign.align.bench;

import java.util.ArrayList;
import java.util.List;

/** Which benchmarks there are. */
final class Suite {

  private Suite() {}

  /**
   * All benchmarks in the order in which they run.
   *
   * @param models students whose optimiser and step are among them
   * @param pictures of a step; a teacher sees half as many
   */
  static List<Benchmark> of(List<Model> models, int pictures) {
    List<Benchmark> all = new ArrayList<>(ProductBenchmarks.all());
    all.addAll(RowBenchmarks.all());
    all.addAll(MovementBenchmarks.all(models));
    all.add(NetworkBenchmarks.teacher(Math.max(1, pictures / 2)));
    models.forEach(model -> all.add(NetworkBenchmarks.step(model, pictures)));
    all.addAll(PictureBenchmarks.all());
    all.addAll(SearchBenchmarks.all());
    return all;
  }
}
