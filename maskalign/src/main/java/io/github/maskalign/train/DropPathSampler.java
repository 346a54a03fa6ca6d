package io.github.maskalign.train;

import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.StochasticDepth;

/**
 * Draws stochastic depth as a function of seed, step and sample, independently of the rest of the
 * batch.
 */
final class DropPathSampler {

  private final Philox random;
  private final double lastRate;
  private final int depth;

  DropPathSampler(long seed, double lastRate, int depth) {
    this.random = Philox.of(seed).stream("drop path");
    this.lastRate = lastRate;
    this.depth = depth;
  }

  StochasticDepth draw(Batch batch) {
    Philox step = random.at(batch.number());
    return StochasticDepth.linear(
        lastRate,
        depth,
        (block, branch, size) -> {
          Philox stream = step.at(block, branch);
          float[] draws = new float[size];
          for (int i = 0; i < size; i++) {
            draws[i] = stream.uniform(batch.samples()[i]);
          }
          return draws;
        });
  }
}
