package io.github.maskalign;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Targets that remember what they gave away.
 *
 * @param of the targets themselves
 * @param used what a loss asked for
 */
public record WatchedTargets(Targets of, List<Tensor> used) implements Targets {

  /** Nothing was asked for yet. */
  public WatchedTargets(Targets of) {
    this(of, new ArrayList<>());
  }

  @Override
  public float[] importance() {
    return of.importance();
  }

  @Override
  public List<Tensor> at(Eager on, int[] tokens) {
    used.addAll(of.at(on, tokens));
    return used;
  }
}
