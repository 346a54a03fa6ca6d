package io.github.maskalign.cli.visualize;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The importance, attention and features of the patches of an image. N patches of the grid, row by
 * row; D channels.
 *
 * @param scope owns the weights
 * @param network that is looked into
 * @param preprocessing of its pictures
 */
public record PatchInsight(Scope scope, ViT network, Preprocessing preprocessing) {

  /**
   * Loads a network.
   *
   * @param scope owns the weights
   * @param path a weight file, or a folder of weights and configuration
   */
  public static PatchInsight open(Scope scope, Path path) {
    return open(scope, path, ProcessorOptions.defaults());
  }

  /**
   * Loads a network.
   *
   * @param processing what the files of the preprocessing leave open
   */
  public static PatchInsight open(Scope scope, Path path, ProcessorOptions processing) {
    return open(scope, path, null, null, processing);
  }

  /**
   * Loads a network.
   *
   * @param side of the pictures, to which positions are resampled; the network's own if null
   * @param heads of attention, where the file does not tell; one for each 64 of the width if null
   * @param processing what the files of the preprocessing leave open
   */
  static PatchInsight open(
      Scope scope,
      Path path,
      @Nullable Integer side,
      @Nullable Integer heads,
      ProcessorOptions processing) {
    try (NetworkFile found = NetworkFile.open(path).withProcessing(processing)) {
      ViTConfig own = found.config();
      if (heads != null && found.configSource() != NetworkFile.ConfigSource.SHAPES) {
        throw new ArgumentException(
            "--heads: not applicable, %s specifies %d heads".formatted(path, own.blocks().heads()));
      }
      String location = found.file().location(path);
      if (!location.equals(path.toString())) {
        System.out.println("Weights: " + location);
      }
      NetworkFile file = heads == null ? found : found.withConfig(own.withHeads(heads));
      PretrainedViT loaded =
          PretrainedViT.load(
              scope, file, side == null ? PretrainedViT.imageSize(file) : ImageSize.square(side));
      loaded.card().notes().forEach(System.out::println);
      return new PatchInsight(scope, loaded.network(), loaded.preprocessing());
    }
  }

  /**
   * What the network sees of an image, to draw on: resized, cropped, rounded to 8 bits, and without
   * what remains beside whole patches.
   */
  public Picture view(Picture picture) {
    Picture view = preprocessing.view(picture);
    int height = config().grid().rows() * config().patchSize();
    int width = config().grid().columns() * config().patchSize();
    boolean whole = view.height() == height && view.width() == width;
    return whole ? view : view.crop(0, 0, height, width);
  }

  public ViTConfig config() {
    return network.config();
  }

  /** Whether attention is that of a class token, not what patches receive from all tokens. */
  public boolean hasClassToken() {
    return config().tokens().classToken();
  }

  /**
   * Attention of each head of a block to the patches: [heads][N], from the class token; without
   * one, the mean of what they receive from all tokens.
   *
   * @param block counted from 0
   */
  public float[][] attention(Picture picture, int block) {
    try (Scope inner = scope.child("attention")) {
      Eager ops = inner.eager();
      ForwardRequest request = ForwardRequest.plain().withAttentions(Set.of(block));
      Tensor all = network.forward(ops, input(ops, picture), request).attentions().get(block);
      Tensor from = hasClassToken() ? ops.slice(all, 2, 0, 1) : ops.mean(all, true, 2);
      Tensor to = ops.slice(from, 3, config().prefixTokens(), all.dim(3));
      return rows(ops.contiguous(to).toFloats(), config().patches());
    }
  }

  /** The mean over the heads of {@link #attention}: [N]. */
  public float[] meanAttention(Picture picture, int block) {
    return mean(attention(picture, block));
  }

  /**
   * The importance of the patches for attentive masking, [N], of the kind that fits the network.
   */
  public float[] importance(Picture picture) {
    try (Scope inner = scope.child("importance")) {
      Eager ops = inner.eager();
      ForwardRequest request = ForwardRequest.plain().withImportance(Importance.of(config()));
      Tensor importance = network.forward(ops, input(ops, picture), request).importance();
      return importance.toFloats();
    }
  }

  /**
   * The patch tokens of a block: [N][D], after the final norm if it is the last.
   *
   * @param block counted from 0
   */
  public float[][] patches(Picture picture, int block) {
    try (Scope inner = scope.child("patches")) {
      Eager ops = inner.eager();
      int depth = config().depth();
      Tensor tokens = network.tokens(ops, input(ops, picture), block);
      Tensor out = block == depth - 1 ? network.normalized(ops, tokens) : tokens;
      Tensor patches = Pooling.patches(ops, config(), out);
      return rows(ops.contiguous(patches).toFloats(), config().width());
    }
  }

  /** [heads][N] -> [N]. */
  static float[] mean(float[][] heads) {
    float[] mean = new float[heads[0].length];
    for (float[] each : heads) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += each[i] / heads.length;
      }
    }
    return mean;
  }

  /** Not of {@link #view}, whose rounding some preprocessings do without. */
  private Tensor input(Eager ops, Picture picture) {
    PixelValues seen = preprocessing.prepare(picture);
    return ops.of(seen.values(), 1, seen.channels(), seen.height(), seen.width());
  }

  private static float[][] rows(float[] values, int width) {
    float[][] rows = new float[values.length / width][width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, i * width, rows[i], 0, width);
    }
    return rows;
  }
}
