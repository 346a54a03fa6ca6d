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
   */
  static List<Benchmark> of(List<Model> models) {
    List<Benchmark> all = new ArrayList<>(ProductBenchmarks.all());
    all.addAll(RowBenchmarks.all());
    all.addAll(MovementBenchmarks.all(models));
    all.add(NetworkBenchmarks.teacher());
    models.forEach(model -> all.add(NetworkBenchmarks.step(model)));
    return all;
  }
}
