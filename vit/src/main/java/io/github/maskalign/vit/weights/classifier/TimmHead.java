package io.github.maskalign.vit.weights.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.labels.ImageNet;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.file.WeightSource;

/** timm's heads: {@code head}, and the names of its classes in {@code config.json}. */
final class TimmHead {

  private static final String POOL = "global_pool";

  private TimmHead() {}

  /** Whether a file has such a head. */
  static boolean isIn(WeightSource weights) {
    return weights.names().contains("head.weight") && weights.shape("head.weight").rank() == 2;
  }

  /** The head; without a configuration, {@code fc_norm} tells means. */
  static Head of(NetworkFile file, JsonNode config) {
    boolean norm = file.weights().names().contains("fc_norm.weight");
    String said = config.path("model_args").path(POOL).asText(config.path(POOL).asText(""));
    String pool = said.isEmpty() ? norm ? "avg" : "token" : said;
    if (pool.equals("token") || pool.equals("avg") && norm) {
      Pooling pooling = norm ? Pooling.MEAN_PATCHES : Pooling.CLASS_TOKEN;
      return new Head(Head.Kind.LINEAR, pooling, "head.");
    }
    throw new FormatException(
        "%s: global_pool '%s' %s fc_norm is not supported"
            .formatted(file.file().description(), pool, norm ? "with" : "without"));
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
