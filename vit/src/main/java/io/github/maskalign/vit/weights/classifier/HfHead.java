package io.github.maskalign.vit.weights.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.weights.NetworkFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * transformers' heads: {@code classifier} beside the network, or DeiT's {@code cls_classifier} and
 * {@code distillation_classifier}. The class of the model decides what they see.
 */
final class HfHead {

  private static final String LINEAR = "classifier.";
  private static final List<String> DISTILLED =
      List.of("cls_classifier.", "distillation_classifier.");

  private HfHead() {}

  /** The head of a file; empty if it has none. */
  static Optional<Head> find(NetworkFile file, JsonNode config) {
    Set<String> names = file.file().names();
    // The head is beside the network, or below the same outer prefix, such as 'module.'.
    String outer = file.prefix();
    while (true) {
      if (names.contains(outer + LINEAR + "weight")) {
        return Optional.of(linear(config, outer + LINEAR));
      }
      if (names.contains(outer + DISTILLED.getFirst() + "weight")) {
        String place = outer;
        return Optional.of(
            new Head(
                Head.Kind.LINEAR,
                OutputConfig.of(Pooling.CLASS_AND_DISTILLATION),
                DISTILLED.stream().map(each -> place + each).toList(),
                DISTILLED.stream().map(each -> each + "*").toList()));
      }
      if (outer.isEmpty()) {
        return Optional.empty();
      }
      outer = outer.substring(0, outer.lastIndexOf('.', outer.length() - 2) + 1);
    }
  }

  private static Head linear(JsonNode config, String prefix) {
    String type = config.path("model_type").asText("");
    return switch (type) {
      case "vit", "vit_msn", "deit" -> head(prefix, Pooling.CLASS_TOKEN, FinalNorm.TOKENS);
      case "ijepa" -> head(prefix, Pooling.MEAN_TOKENS, FinalNorm.TOKENS);
      case "dinov2", "dinov2_with_registers" ->
          head(prefix, Pooling.CLASS_AND_MEAN, FinalNorm.TOKENS);
      case "siglip", "siglip2" ->
          head(prefix, Pooling.MEAN_TOKENS, FinalNorm.TOKENS, "head.*", "vision_model.head.*");
      case "clip", "metaclip_2" ->
          head(
              prefix,
              Pooling.MEAN_PATCHES,
              FinalNorm.NONE,
              "post_layernorm.*",
              "vision_model.post_layernorm.*");
      case "" ->
          throw new FormatException(
              "missing 'model_type', which says what the head of the classifier is computed of; put"
                  + " the network's config.json beside the weights");
      default ->
          throw new FormatException(
              "the head of a classifier of model_type '%s' is not supported; known are those of"
                      .formatted(Printable.line(type))
                  + " vit, vit_msn, deit, ijepa, dinov2, dinov2_with_registers, siglip, siglip2,"
                  + " clip and metaclip_2");
    };
  }

  private static Head head(String prefix, Pooling pooling, FinalNorm norm, String... unused) {
    List<String> all = new ArrayList<>(List.of(unused));
    all.add(LINEAR + "*");
    return new Head(
        Head.Kind.LINEAR,
        new OutputConfig(pooling, norm, 0, null),
        List.of(prefix),
        List.copyOf(all));
  }

  /**
   * The names of the classes: {@code id2label}; without it, {@code LABEL_0} and so on.
   *
   * @param count of the head's rows
   * @throws FormatException if there is another number of names
   */
  static ClassNames names(JsonNode config, int count) {
    JsonNode names = config.path("id2label");
    LabelList.requireCount("num_labels", config, count);
    return new ClassNames(
        names.isMissingNode() || names.isNull()
            ? IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList()
            : LabelList.of("id2label", names, count),
        true);
  }

  /**
   * What logits mean: {@code problem_type}. A single class is one that an image has or has not.
   *
   * @throws FormatException if they are no classes
   */
  static Probability probability(JsonNode config, int count) {
    String type = config.path("problem_type").asText("");
    return switch (type) {
      case "multi_label_classification" -> Probability.SIGMOID;
      case "single_label_classification" -> Probability.SOFTMAX;
      case "", "null" -> count == 1 ? Probability.SIGMOID : Probability.SOFTMAX;
      case "regression" ->
          throw new FormatException("problem_type 'regression': the head gives no classes");
      default ->
          throw new FormatException(
              ("problem_type '%s' is not known; it is single_label_classification or"
                      + " multi_label_classification")
                  .formatted(Printable.line(type)));
    };
  }
}
