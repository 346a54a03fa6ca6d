package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> [B, N, D]: the patch embedding. Each patch is flattened to a row,
 * row-major over the image, and projected. Equivalent to a convolution whose stride equals its
 * kernel, and named like it.
 *
 * @since 0.1.0
 */
public final class PatchEmbed {

  private final Tensor weight;
  private final @Nullable Tensor bias;

  private PatchEmbed(Tensor weight, @Nullable Tensor bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /**
   * Creates the parameters {@code proj.weight [D, C, P, P]}, Xavier-uniform as a matrix of D rows,
   * and {@code proj.bias}, uniform within {@code 1 / sqrt(C P P)}.
   */
  public static PatchEmbed create(
      Parameters.Path path, int channels, int patch, int width, boolean withBias) {
    int values = channels * patch * patch;
    Init init = Init.uniform(Math.sqrt(6.0 / (width + values)));
    Tensor weight = path.at("proj").add("weight", init, width, channels, patch, patch);
    Tensor bias =
        withBias ? path.at("proj").add("bias", Init.uniform(1 / Math.sqrt(values)), width) : null;
    return new PatchEmbed(weight, bias);
  }

  /** images [B, C, H, W] -> [B, C, h, w]: without what remains beside a grid of whole patches. */
  static Tensor whole(Ops ops, Tensor images, Grid grid, int patch) {
    int height = grid.rows() * patch;
    int width = grid.columns() * patch;
    Tensor tall = height == images.dim(2) ? images : ops.slice(images, 2, 0, height);
    return width == images.dim(3) ? tall : ops.slice(tall, 3, 0, width);
  }

  /**
   * images [B, C, H, W] -> [B, N, C P P], the channel outermost within a row.
   *
   * @throws ShapeException if the image size is not a multiple of the patch size
   */
  public static Tensor patchify(Ops ops, Tensor images, int patch) {
    if (images.shape().rank() != 4 || images.dim(2) % patch != 0 || images.dim(3) % patch != 0) {
      throw new ShapeException(
          "patchify: images [B, C, H, W] must be multiples of the patch size "
              + patch
              + " in height and width, got "
              + images.shape());
    }
    int batch = images.dim(0);
    int channels = images.dim(1);
    int rows = images.dim(2) / patch;
    int columns = images.dim(3) / patch;
    Tensor split = ops.reshape(images, batch, channels, rows, patch, columns, patch);
    Tensor byPatch = ops.permute(split, 0, 2, 4, 1, 3, 5);
    return ops.reshape(byPatch, batch, rows * columns, channels * patch * patch);
  }

  /** patches [B, K, C P P] -> [B, K, D]. */
  public Tensor project(Ops ops, Tensor patches) {
    return ops.linear(patches, ops.reshape(weight, weight.dim(0), patches.dim(-1)), bias);
  }

  /** images [B, C, H, W] -> [B, N, D]. */
  public Tensor forward(Ops ops, Tensor images) {
    return project(ops, patchify(ops, images, weight.dim(2)));
  }
}
