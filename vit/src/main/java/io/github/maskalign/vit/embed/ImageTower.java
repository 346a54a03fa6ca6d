package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.NaFlex;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.TokenMerging;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.PatchValues;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * preprocessed images [C, H, W] -> tokens [B, T, D]: a network and what it takes, images of its
 * size or, where the preprocessing keeps the shapes of images, NaFlex's patches.
 */
final class ImageTower {

  private final ViT network;
  private final @Nullable NaFlex anyShape;
  private final @Nullable TokenMerging merging;
  private final int maxPatches;

  private ImageTower(
      ViT network, @Nullable NaFlex anyShape, @Nullable TokenMerging merging, int maxPatches) {
    this.network = network;
    this.anyShape = anyShape;
    this.merging = merging;
    this.maxPatches = maxPatches;
  }

  /**
   * A network for images that are preprocessed in this way.
   *
   * @param merge tokens to merge in each block; 0 for none
   * @throws ShapeException if they may have any shape, which the network or merging does not
   *     support
   * @throws io.github.maskalign.tensor.error.ArgumentException if so many cannot be merged
   */
  static ImageTower of(ViT network, Preprocessing preprocessing, int merge) {
    TokenMerging merging = merge == 0 ? null : new TokenMerging(network, merge);
    if (!(preprocessing.resize() instanceof ResizeRule.WholePatches(int _, int most))) {
      return new ImageTower(network, null, merging, network.config().patches());
    }
    if (merging != null) {
      throw new ShapeException(
          "token merging: is for images of one size, and the preprocessing of this network keeps"
              + " their shapes (NaFlex); use it without merging");
    }
    return new ImageTower(network, new NaFlex(network), null, most);
  }

  /** The configuration of the network. */
  ViTConfig config() {
    return network.config();
  }

  /**
   * Checks that the tokens can be pooled so: any pooling of all tokens, some of merged ones.
   *
   * @throws ShapeException if tokens are merged and cannot be pooled so
   */
  void require(Pooling pooling) {
    if (merging != null) {
      merging.require(pooling);
    }
  }

  /** The largest number of patches of an image. */
  int maxPatches() {
    return maxPatches;
  }

  /**
   * Checks that the network takes an image.
   *
   * @throws ShapeException if it has another size
   */
  void require(PixelValues image) {
    ImageSize size = config().imageSize();
    boolean fits =
        anyShape != null || image.height() == size.height() && image.width() == size.width();
    if (!fits || image.channels() != config().channels()) {
      throw new ShapeException(
          ("the network takes images of %d channels and %s pixels, its preprocessing made %d"
                  + " channels and %s pixels of this one; resize or crop the image first")
              .formatted(
                  config().channels(),
                  size,
                  image.channels(),
                  new ImageSize(image.height(), image.width())));
    }
  }

  /**
   * Images that the network has seen.
   *
   * @param tokens [B, T, D], before the final norm; the first ones, or all
   * @param patches the input of a network for images of any shape; null for others
   * @param merged the tokens and their sizes if tokens are merged; null else
   */
  record Seen(
      Tensor tokens, NaFlex.@Nullable Batch patches, TokenMerging.@Nullable Merged merged) {}

  /**
   * Runs the network.
   *
   * @param block whose output is wanted; the last if -1
   * @param leading number of the first tokens that are wanted of each image, such as the class
   *     token; empty for all, and only then may images have any shape
   */
  Seen forward(Ops ops, List<PixelValues> images, int block, OptionalInt leading) {
    int last = block < 0 ? config().depth() - 1 : block;
    if (merging != null) {
      TokenMerging.Merged merged = merging.forward(ops, batch(ops, images), last);
      return new Seen(merged.tokens(), null, merged);
    }
    if (anyShape == null) {
      Tensor batch = batch(ops, images);
      Tensor tokens =
          leading.isPresent()
              ? network.tokens(ops, batch, last, leading.getAsInt())
              : network.tokens(ops, batch, last);
      return new Seen(tokens, null, null);
    }
    NaFlex.Batch patches = patches(ops, images);
    return new Seen(anyShape.tokens(ops, patches, last), patches, null);
  }

  /** [B, P]: pooled as the network is configured. */
  Tensor pooled(Ops ops, Seen seen) {
    if (merging != null) {
      return merging.pooled(ops, seen.merged);
    }
    return seen.patches == null
        ? network.pooled(ops, seen.tokens)
        : anyShape.pooled(ops, seen.tokens, seen.patches);
  }

  /** [B, D]: pooled in another way. */
  Tensor pooled(Ops ops, Seen seen, Pooling pooling) {
    if (merging != null) {
      return merging.pooled(ops, seen.merged, pooling);
    }
    return seen.patches == null
        ? network.pooled(ops, seen.tokens, pooling)
        : anyShape.pooled(ops, seen.tokens, seen.patches, pooling);
  }

  /** [B, 2 D]: the class token, then the mean of the patch tokens. */
  Tensor classAndMean(Ops ops, Seen seen) {
    return merging == null
        ? Pooling.classAndMean(ops, config(), network.normalized(ops, seen.tokens))
        : merging.classAndMean(ops, seen.merged);
  }

  /** [B, N, D]: the patch tokens after the final norm; zeros for padding. */
  Tensor patchTokens(Ops ops, Seen seen) {
    Tensor tokens = network.normalized(ops, seen.tokens);
    return seen.patches == null
        ? Pooling.patches(ops, config(), tokens)
        : anyShape.withoutPadding(ops, tokens, seen.patches);
  }

  /** Images of the network's size, as a batch [B, C, H, W]. */
  Tensor batch(Ops ops, List<PixelValues> images) {
    ImageSize size = config().imageSize();
    float[] pixels = joined(images.stream().map(PixelValues::values).toList());
    return ops.of(pixels, images.size(), config().channels(), size.height(), size.width());
  }

  /** Padded to the largest number, so that the bits do not depend on other images of the batch. */
  private NaFlex.Batch patches(Ops ops, List<PixelValues> images) {
    List<float[]> values = new ArrayList<>();
    List<Grid> grids = new ArrayList<>();
    for (PixelValues image : images) {
      PatchValues patches = image.patches(config().patchSize(), maxPatches);
      values.add(patches.values());
      grids.add(new Grid(patches.rows(), patches.columns()));
    }
    Tensor all = ops.of(joined(values), images.size(), maxPatches, config().patchValues());
    return new NaFlex.Batch(all, grids);
  }

  private static float[] joined(List<float[]> parts) {
    int each = parts.getFirst().length;
    float[] all = new float[Math.multiplyExact(parts.size(), each)];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i), 0, all, i * each, each);
    }
    return all;
  }
}
