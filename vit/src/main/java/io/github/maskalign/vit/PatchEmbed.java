package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> [B, N, D]: each patch as a row, row-major over the image, and one linear
 * map of the rows. The same as a convolution whose stride is its kernel, and so named.
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
   * Parameters {@code proj.weight [D, C, P, P]}, Xavier-uniform as a matrix of D rows, and {@code
   * proj.bias}, uniform within {@code 1 / sqrt(C P P)}.
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

  /**
   * images [B, C, H, W] -> [B, N, C P P], with the channel outermost within a row.
   *
   * @throws ShapeException if the images are not whole patches
   */
  public static Tensor patchify(Ops ops, Tensor images, int patch) {
    if (images.shape().rank() != 4 || images.dim(2) % patch != 0 || images.dim(3) % patch != 0) {
      throw new ShapeException(
          "patchify: needs images [B, C, H, W] of whole patches of "
              + patch
              + " pixels, got "
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
