package io.github.maskalign.train;

import io.github.maskalign.data.DatasetIdentity;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.checkpoint.MachineInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What decides the bits of a run besides its settings, as a checkpoint records it.
 *
 * @param data the training set
 * @param evaluation the sets on which the best checkpoint is chosen
 * @param numerics backend, kernels and processor features, by name
 * @since 0.1.0
 */
public record RunInputs(
    DatasetIdentity data, List<DatasetIdentity> evaluation, Map<String, String> numerics) {

  /** Checks that nothing is missing, and copies the collections. */
  public RunInputs {
    if (data == null) {
      throw new ArgumentException("no training data");
    }
    evaluation = List.copyOf(evaluation);
    numerics = Map.copyOf(numerics);
  }

  /**
   * The inputs of a run that starts now.
   *
   * @param backend what decides the bits on the backend
   */
  static RunInputs of(TrainerConfig plan, String backend) {
    return new RunInputs(
        DatasetIdentity.of(plan.images()),
        plan.evaluation().stream().map(DatasetIdentity::of).toList(),
        Map.of("backend", backend, "processor features", MachineInfo.features()));
  }

  /** How the numerics of another machine differ; empty if they do not. */
  String numericsChange(RunInputs now) {
    List<String> changes = new ArrayList<>();
    new TreeMap<>(numerics)
        .forEach(
            (name, then) -> {
              String other = now.numerics.get(name);
              if (!then.equals(other)) {
                changes.add("%s was %s, is %s".formatted(name, then, other));
              }
            });
    return String.join("; ", changes);
  }
}
