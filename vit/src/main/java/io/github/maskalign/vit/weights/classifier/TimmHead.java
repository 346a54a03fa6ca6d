package io.github.maskalign.vit.weights.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.DistilledClassifier;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.labels.ImageNet;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.config.TimmConfig;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.util.List;
import java.util.Set;

/**
 * timm's heads: {@code head}, beside {@code head_dist} in distilled networks, and the names of the
 * classes in {@code config.json}.
 */
final class TimmHead {

  private static final String HEAD = ImageClassifier.HEAD + "weight";
  private static final String DISTILLED = DistilledClassifier.DISTILLED_HEAD + "weight";

  private TimmHead() {}

  /** Whether a file has such a head. */
  static boolean isIn(WeightSource weights) {
    return weights.names().contains(HEAD) && weights.shape(HEAD).rank() == 2;
  }

  /** The head. Its norm is that of the file: before the pooling, after it, or none. */
  static Head of(NetworkFile file, JsonNode config) {
    Set<String> names = file.weights().names();
    String prefix = file.prefix() + ImageClassifier.HEAD;
    if (names.contains(DISTILLED)) {
      return new Head(
          Head.Kind.DISTILLED,
          OutputConfig.of(Pooling.CLASS_TOKEN),
          List.of(prefix, file.prefix() + DistilledClassifier.DISTILLED_HEAD),
          List.of());
    }
    boolean pooled = names.contains("fc_norm.weight");
    FinalNorm norm =
        pooled
            ? FinalNorm.POOLED
            : names.contains("norm.weight") ? FinalNorm.TOKENS : FinalNorm.NONE;
    OutputConfig output = new OutputConfig(pooling(file, config, pooled), norm, 0, null);
    return new Head(Head.Kind.LINEAR, output, List.of(prefix), List.of());
  }

  private static Pooling pooling(NetworkFile file, JsonNode config, boolean pooledNorm) {
    String word = config.path("model_args").path("global_pool").asText("");
    if (word.isEmpty()) {
      Pooling usual = file.config().output().pooling();
      return pooledNorm && usual == Pooling.CLASS_TOKEN ? Pooling.MEAN_PATCHES : usual;
    }
    return TimmConfig.pooling(word)
        .orElseThrow(
            () ->
                new FormatException(
                    "%s: global_pool '%s' is not supported below a head; it is token, avg, avgmax,"
                            .formatted(file.file().description(), Printable.line(word))
                        + " max or map"));
  }

  /**
   * The names of the classes: {@code label_names}; without them, those of ImageNet if there are
   * 1,000, else numbers.
   *
   * @param count of the head's rows
   * @throws FormatException if there is another number of names
   */
  static ClassNames names(JsonNode config, int count) {
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
