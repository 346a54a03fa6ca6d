package io.github.maskalign.vit.weights.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.labels.ImageNet;
import io.github.maskalign.vit.weights.NetworkFile;
import java.util.List;
import java.util.Set;

/**
 * timm's heads: {@code head}, beside {@code head_dist} in distilled networks, and the names of the
 * classes in {@code config.json}.
 */
final class TimmHead {

  private static final String DISTILLED = ViTClassifier.DISTILLED_HEAD + "weight";

  private TimmHead() {}

  /**
   * The head.
   *
   * @throws FormatException if it gives no logits of a whole image
   */
  static Head of(NetworkFile file) {
    String prefix = file.prefix() + ImageClassifier.HEAD;
    if (file.weights().names().contains(DISTILLED)) {
      boolean norm = file.config().output().norm() == FinalNorm.TOKENS;
      return new Head(
          Head.Kind.LINEAR,
          OutputConfig.of(Pooling.CLASS_AND_DISTILLATION)
              .withNorm(norm ? FinalNorm.TOKENS : FinalNorm.NONE),
          List.of(prefix, file.prefix() + ViTClassifier.DISTILLED_HEAD),
          norm ? List.of() : List.of("fc_norm.*"));
    }
    OutputConfig output = output(file);
    if (output.pooling() == Pooling.NONE) {
      throw new FormatException(
          "global_pool is empty, so the head gives logits of every token, not of the image");
    }
    return new Head(Head.Kind.LINEAR, output, List.of(prefix), List.of());
  }

  /** Without a configuration, the names of the norms tell where the norm is. */
  private static OutputConfig output(NetworkFile file) {
    OutputConfig stated = file.config().output();
    Set<String> names = file.weights().names();
    boolean pooled = names.contains("fc_norm.weight");
    if (file.configSource() == NetworkFile.ConfigSource.CONFIG_JSON
        || pooled && stated.norm() == FinalNorm.POOLED) {
      return stated;
    }
    if (pooled) {
      boolean other = stated.pooling() == Pooling.CLASS_TOKEN;
      return (other ? OutputConfig.of(Pooling.MEAN_PATCHES) : stated).withNorm(FinalNorm.POOLED);
    }
    return stated.withNorm(names.contains("norm.weight") ? FinalNorm.TOKENS : FinalNorm.NONE);
  }

  /**
   * The names of the classes: {@code label_names}; without them, those of ImageNet if there are
   * 1,000, else numbers.
   *
   * @param count of the head's rows
   * @throws FormatException if there is another number of names, or of classes
   */
  static ClassNames names(JsonNode config, int count) {
    LabelList.requireCount("num_classes", config, count);
    LabelList.requireCount("num_classes", config.path("model_args"), count);
    for (String key : new String[] {"label_names", "labels"}) {
      for (JsonNode part : new JsonNode[] {config, config.path("pretrained_cfg")}) {
        JsonNode names = part.path(key);
        if (!names.isMissingNode() && !names.isNull()) {
          return new ClassNames(LabelList.of(key, names, count), true);
        }
      }
    }
    return count == ImageNet.SIZE ? ClassNames.imageNet() : ClassNames.numbers(count);
  }
}
