package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.nn.Rotary;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@link RotaryTable} of a network, laid out for queries, keys and values of all heads. */
final class RotaryPositions {

  private final Tensor cos;
  private final Tensor sin;
  private final int prefix;

  private RotaryPositions(Tensor cos, Tensor sin, int prefix) {
    this.cos = cos;
    this.sin = sin;
    this.prefix = prefix;
  }

  static RotaryPositions create(Parameters.Path path, ViTConfig config) {
    RotaryTable table = RotaryTable.of(config);
    int rows = config.prefixTokens() + config.patches();
    int width = config.width();
    float[] cos = new float[rows * 3 * width];
    float[] sin = new float[rows * 3 * width];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < 3 * width; column++) {
        boolean value = column >= 2 * width;
        int from = row * table.length() + column % table.length();
        int to = row * 3 * width + column;
        cos[to] = value ? 1 : table.cos()[from];
        sin[to] = value ? 0 : table.sin()[from];
      }
    }
    return new RotaryPositions(
        path.constant(cos, 1, rows, 3 * width),
        path.constant(sin, 1, rows, 3 * width),
        config.prefixTokens());
  }

  /** The rotation of all tokens, or of the prefix and the visible patches. */
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
