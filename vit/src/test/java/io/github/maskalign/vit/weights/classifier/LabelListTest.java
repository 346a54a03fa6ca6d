package io.github.maskalign.vit.weights.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelListTest {

  private static List<String> read(String json, int count) {
    JsonNode whole = JsonFiles.object("test", "{\"x\":" + json + "}", JsonKind.CONFIGURATION);
    return LabelList.of("x", whole.get("x"), count);
  }

  @Test
  void namesAreReadByNumber() {
    assertEquals(List.of("a", "b, c"), read("[\"a\",\"b, c\"]", 2));
    assertEquals(List.of("a", "2"), read("[\"a\",2]", 2));
    assertEquals(List.of("a", "b", "c"), read("{\"2\":\"c\",\"0\":\"a\",\"1\":\"b\"}", 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[\"a\"]|'x' has 1 names, the head has 2 classes",
        "{\"0\":\"a\",\"2\":\"b\"}|'x': '2' is not the number of a class, 0 to 1",
        "{\"0\":\"a\",\"00\":\"b\"}|'x' has two names of class 0",
        "{\"0\":\"a\",\"-1\":\"b\"}|'x': '-1' is not the number of a class, 0 to 1",
        "[\"a\",true]|'x': a name is true, expected text",
        "\"a\"|'x': expected a list or an object"
      })
  void otherListsAreRefused(String json, String message) {
    assertEquals(message, assertThrows(FormatException.class, () -> read(json, 2)).getMessage());
  }
}
