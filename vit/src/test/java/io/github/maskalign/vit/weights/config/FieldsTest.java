package io.github.maskalign.vit.weights.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import org.junit.jupiter.api.Test;

class FieldsTest {

  @Test
  void aWordIsOneOfThoseThatAreSupported() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Fields fields = new Fields(json);
    fields.requireOneOf("model_args", "norm_layer", "layernorm", "layernormfp32");
    json.put("norm_layer", "layernormfp32");
    fields.requireOneOf("model_args", "norm_layer", "layernorm", "layernormfp32");
    json.put("norm_layer", "rmsnorm");
    FormatException e =
        assertThrows(
            FormatException.class,
            () -> fields.requireOneOf("model_args", "norm_layer", "layernorm", "layernormfp32"));
    assertEquals("model_args: norm_layer 'rmsnorm' is not supported", e.getMessage());
  }

  @Test
  void refusalsHaveKeyAndValue() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    assertEquals(
        "model_args 'rope_mixed' is true, which is not supported; it may change the network's"
            + " numbers",
        Fields.unknown("model_args", "rope_mixed", json.booleanNode(true)).getMessage());
    json.putArray("img_size").add(32);
    FormatException e =
        assertThrows(
            FormatException.class,
            () -> new Fields(json).imageSize("img_size", ImageSize.square(8)));
    assertEquals("'img_size' is [32], expected an integer or [height, width]", e.getMessage());
  }
}
