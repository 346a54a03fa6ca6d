package io.github.maskalign.vit.pair;

import io.github.maskalign.autograd.nn.ContrastiveLoss;
import io.github.maskalign.autograd.nn.L2Normalize;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.text.TextBatch;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextTransformer;
import org.jspecify.annotations.Nullable;

/**
 * An image tower and a text tower that are trained together, as CLIP (Radford et al., arXiv
 * 2103.00020) and SigLIP (Zhai et al., arXiv 2303.15343) are.
 *
 * @since 0.1.0
 */
public final class ImageTextModel {

  /** Prefix of the parameters of the image tower. */
  public static final String IMAGES = "image.";

  /** Prefix of the parameters of the text tower. */
  public static final String TEXTS = "text.";

  private static final String PROJECTION = "projection";

  /** Shorter features are divided by it; a zero vector remains zero. */
  private static final double MIN_LENGTH = 1e-12;

  private final ImageTextConfig config;
  private final ViT images;
  private final @Nullable Linear projection;
  private final TextTransformer texts;
  private final PairLogits logits;

  private ImageTextModel(Parameters parameters, ImageTextConfig config) {
    Parameters.Path root = parameters.root();
    Parameters.Path image = root.at(name(IMAGES));
    this.config = config;
    this.images = ViT.create(image, config.images());
    this.projection = projection(image.at(PROJECTION), config);
    this.texts = TextTransformer.create(root.at(name(TEXTS)), config.texts());
    this.logits = PairLogits.create(root, config.logitBias());
  }

  private static String name(String prefix) {
    return prefix.substring(0, prefix.length() - 1);
  }

  private static @Nullable Linear projection(Parameters.Path path, ImageTextConfig config) {
    TextConfig.Projection shape = config.projection();
    return shape == null ? null : shape.create(path, config.images().pooledWidth());
  }

  /**
   * Creates the parameters {@code image.*} with timm's names and {@code image.projection}, {@code
   * text.*}, {@code logit_scale} and {@code logit_bias}.
   */
  public static ImageTextModel create(Parameters parameters, ImageTextConfig config) {
    return new ImageTextModel(parameters, config);
  }

  /** The configuration of this model. */
  public ImageTextConfig config() {
    return config;
  }

  /** The image tower. */
  public ViT images() {
    return images;
  }

  /** The text tower. */
  public TextTransformer texts() {
    return texts;
  }

  /** images [B, C, H, W] -> [B, P], of any length. */
  public Tensor imageFeatures(Ops ops, Tensor pixels) {
    return projected(ops, images.pooled(ops, images.forward(ops, pixels)));
  }

  /** pooled [B, D] -> [B, P]: the projection of the image tower, if there is one. */
  public Tensor projected(Ops ops, Tensor pooled) {
    return projection == null ? pooled : projection.forward(ops, pooled);
  }

  /** B texts -> [B, P], of any length. */
  public Tensor textFeatures(Ops ops, TextBatch batch) {
    return texts.forward(ops, batch);
  }

  /** features [B, P] -> [B, P] of unit length. */
  public static Tensor embeddings(Ops ops, Tensor features) {
    return L2Normalize.forward(ops, features, MIN_LENGTH);
  }

  /** images [N, P], texts [M, P], both of unit length -> logits [N, M]. */
  public Tensor logits(Ops ops, Tensor imageEmbeddings, Tensor textEmbeddings) {
    return logits.forward(ops, imageEmbeddings, textEmbeddings);
  }

  /** logits [B, B] -> scalar: the loss that a model with, or without, a bias is trained with. */
  public Tensor loss(Ops ops, Tensor pairs) {
    return config.logitBias()
        ? ContrastiveLoss.sigmoid(ops, pairs)
        : ContrastiveLoss.softmax(ops, pairs);
  }

  /** B images and their texts -> scalar: the contrastive loss. */
  public Tensor loss(Ops ops, Tensor pixels, TextBatch batch) {
    Tensor pictures = embeddings(ops, imageFeatures(ops, pixels));
    Tensor captions = embeddings(ops, textFeatures(ops, batch));
    return loss(ops, logits(ops, pictures, captions));
  }
}
