package io.github.maskalign.vit.weights.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class HfHeadTest {

  private static JsonNode config(String json) {
    return JsonFiles.object("config.json", json, JsonKind.CONFIGURATION);
  }

  @Test
  void labelsHaveTheNumbersOfTheirKeys() {
    JsonNode config = config("{\"id2label\":{\"1\":\"dog, hound\",\"0\":\"cat\"}}");
    assertEquals(List.of("cat", "dog, hound"), HfHead.names(config, 2).names());
    assertEquals(List.of("LABEL_0", "LABEL_1"), HfHead.names(config("{}"), 2).names());
    assertEquals(List.of("LABEL_0"), HfHead.names(config("{\"id2label\":null}"), 1).names());
    assertThrows(FormatException.class, () -> HfHead.names(config, 3));
    JsonNode contradicting =
        config("{\"id2label\":{\"0\":\"cat\",\"1\":\"dog\"},\"num_labels\":5}");
    FormatException error =
        assertThrows(FormatException.class, () -> HfHead.names(contradicting, 2));
    assertEquals("'num_labels' is 5, the head has 2 classes", error.getMessage());
  }

  @Test
  void theProblemTypeDecidesWhatLogitsMean() {
    assertEquals(
        Probability.SIGMOID,
        HfHead.probability(config("{\"problem_type\":\"multi_label_classification\"}"), 3));
    assertEquals(
        Probability.SOFTMAX,
        HfHead.probability(config("{\"problem_type\":\"single_label_classification\"}"), 3));
    assertEquals(Probability.SOFTMAX, HfHead.probability(config("{\"problem_type\":null}"), 2));
    assertEquals(Probability.SIGMOID, HfHead.probability(config("{}"), 1));
    assertThrows(
        FormatException.class,
        () -> HfHead.probability(config("{\"problem_type\":\"regression\"}"), 1));
    assertThrows(
        FormatException.class, () -> HfHead.probability(config("{\"problem_type\":\"x\"}"), 2));
  }
}
