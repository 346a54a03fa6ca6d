package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.DropPath;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.List;

/**
 * Stochastic depth in one forward pass: which branches are dropped for which samples.
 *
 * @param rates one per block
 * @param noise source of random numbers
 * @since 0.1.0
 */
public record StochasticDepth(List<DropPath> rates, Noise noise) {

  /** Copies the rates. */
  public StochasticDepth {
    rates = List.copyOf(rates);
  }

  /** Source of the draws; blocks of rate 0 draw nothing. */
  @FunctionalInterface
  public interface Noise {

    /** One draw from [0, 1) per sample; branch 0 is attention, 1 the MLP. */
    float[] uniform(int block, int branch, int batch);
  }

  /** Rates that increase linearly from 0 at the first block to {@code last} at the last. */
  public static StochasticDepth linear(double last, int depth, Noise noise) {
    List<DropPath> rates = new ArrayList<>();
    for (float rate : DropPath.linearRates(last, depth)) {
      rates.add(new DropPath(rate));
    }
    return new StochasticDepth(rates, noise);
  }

  /** Linear rates, with draws from the random stream of this step. */
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
