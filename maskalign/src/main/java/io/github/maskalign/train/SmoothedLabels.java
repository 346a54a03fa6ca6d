package io.github.maskalign.train;

import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.data.Batch;

/** Labels, a part of each spread over all classes. */
record SmoothedLabels(int classes, double smoothing) implements BatchTargets {

  @Override
  public float[] of(Batch batch) {
    return Classification.targets(FineTuning.labels(batch), classes, smoothing);
  }
}
