package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.nn.Rotary;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rotary positions along both axes as in DINOv3. The centre of a patch has coordinates y, x in [-1,
 * 1] over the image; with head length d and {@code w_i = 100^(-4 i / d)}, i < d/4, the angles of
 * its d/2 pairs of channels are {@code 2 pi y w_i}, then {@code 2 pi x w_i}. The prefix is not
 * turned.
 */
final class RotaryPositions {

  private static final double BASE = 100;

  private final Tensor cos;
  private final Tensor sin;
  private final int prefix;

  private RotaryPositions(Tensor cos, Tensor sin, int prefix) {
    this.cos = cos;
    this.sin = sin;
    this.prefix = prefix;
  }

  static RotaryPositions create(Parameters.Path path, ViTConfig config) {
    int rows = config.prefixTokens() + config.patches();
    int columns = 3 * config.width();
    float[] cos = new float[rows * columns];
    float[] sin = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double angle = angle(config, row - config.prefixTokens(), column);
        boolean firstHalf = column % headLength(config) < headLength(config) / 2;
        cos[row * columns + column] = (float) StrictMath.cos(angle);
        sin[row * columns + column] = (float) (StrictMath.sin(angle) * (firstHalf ? -1 : 1));
      }
    }
    return new RotaryPositions(
        path.constant(cos, 1, rows, columns),
        path.constant(sin, 1, rows, columns),
        config.prefixTokens());
  }

  private static int headLength(ViTConfig config) {
    return config.width() / config.heads();
  }

  /** The angle for a column of queries, keys and values; 0 for values and the prefix. */
  private static double angle(ViTConfig config, int patch, int column) {
    if (patch < 0 || column >= 2 * config.width()) {
      return 0;
    }
    int quarter = headLength(config) / 4;
    int pair = column % headLength(config) % (2 * quarter);
    int grid = config.grid();
    int place = pair < quarter ? patch / grid : patch % grid;
    double coordinate = 2 * (place + 0.5) / grid - 1;
    return 2 * Math.PI * coordinate * StrictMath.pow(BASE, -(double) (pair % quarter) / quarter);
  }

  /** The rotation of all tokens, or of the prefix and the patches kept. */
  Rotary of(Ops ops, @Nullable Tensor keep) {
    return keep == null
        ? new Rotary(cos, sin)
        : new Rotary(kept(ops, cos, keep), kept(ops, sin, keep));
  }

  private Tensor kept(Ops ops, Tensor table, Tensor keep) {
    int batch = keep.dim(0);
    int rows = table.dim(1);
    int columns = table.dim(2);
    return ops.within(
        "rotary positions",
        inner -> {
          Tensor all = inner.broadcast(table, Shape.of(batch, rows, columns));
          Tensor patches = inner.gatherTokens(inner.slice(all, 1, prefix, rows), keep);
          return inner.concat(List.of(inner.slice(all, 1, 0, prefix), patches), 1);
        });
  }
}
