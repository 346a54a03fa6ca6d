package io.github.maskalign.cli.bench.measure;

/**
 * What one call does, as far as a rate of it says something; 0 where it does not.
 *
 * @param flops in products, a multiply-add being two
 * @param bytes read and written at the least, where memory is what bounds the speed
 * @param images pictures that a step or a forward pass takes in
 */
public record Work(double flops, double bytes, int images) {

  public static Work ofFlops(double flops) {
    return new Work(flops, 0, 0);
  }

  public static Work ofBytes(double bytes) {
    return new Work(0, bytes, 0);
  }
}
