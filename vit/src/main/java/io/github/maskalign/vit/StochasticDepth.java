package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.DropPath;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.List;

/**
 * Stochastic depth for one forward pass: which branches of which samples are dropped.
 *
 * @param rates one for each block
 * @param noise the random numbers
 * @since 0.1.0
 */
public record StochasticDepth(List<DropPath> rates, Noise noise) {

  /** Keeps its own copy of the rates. */
  public StochasticDepth {
    rates = List.copyOf(rates);
  }

  /** Where the draws come from; blocks of rate 0 draw nothing. */
  @FunctionalInterface
  public interface Noise {

    /** One draw from [0, 1) for each sample; branch 0 is attention, 1 the MLP. */
    float[] uniform(int block, int branch, int batch);
  }

  /** Rates that rise linearly from 0 at the first block to {@code last} at the last. */
  public static StochasticDepth linear(double last, int depth, Noise noise) {
    List<DropPath> rates = new ArrayList<>();
    for (float rate : DropPath.linearRates(last, depth)) {
      rates.add(new DropPath(rate));
    }
    return new StochasticDepth(rates, noise);
  }

  /** Linear rates, with draws from a stream of this step's own. */
  public static StochasticDepth linear(double last, int depth, Philox random) {
    return linear(
        last,
        depth,
        (block, branch, batch) -> {
          float[] draws = new float[batch];
          random.at(block, branch).fillUniform(draws, 0);
          return draws;
        });
  }
}
