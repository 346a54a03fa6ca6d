package io.github.maskalign.vit;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;

/**
 * images [B, C, H, W] -> logits [B, classes], in evaluation.
 *
 * @since 0.1.0
 */
public sealed interface ImageClassifier permits ViTClassifier, LinearProbe {

  /** Prefix of the names of the head's parameters. */
  String HEAD = "head.";

  /** The network below the head. */
  ViT trunk();

  /** Number of classes. */
  int classes();

  /** Logits in evaluation. */
  Tensor forward(Ops ops, Tensor images);

  /** features [B, P] of the network below -> logits [B, classes], in evaluation. */
  Tensor classify(Ops ops, Tensor features);
}
