package io.github.maskalign.vit.weights.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OpenClipConfigTest {

  private static final String OWNER = "the image tower";

  @Test
  void theActivationOfATower() throws IOException {
    String tanh = "{\"act_kwargs\": {\"approximate\": \"tanh\"}}";
    String quick = "{\"quick_gelu\": true}";
    assertEquals(Activation.GELU, activation("{}", "{}"));
    assertEquals(Activation.TANH_GELU, activation("{}", tanh));
    assertEquals(Activation.QUICK_GELU, activation(quick, "{\"act_kwargs\": null}"));
    FormatException e = assertThrows(FormatException.class, () -> activation(quick, tanh));
    assertEquals("'quick_gelu' has no options, yet 'act_kwargs' has some", e.getMessage());
  }

  @Test
  void onlyTheCustomBlockNormalizesQueriesAndKeys() throws IOException {
    assertTrue(OpenClipConfig.queryKeyNorm(fields("{\"qk_norm\": true}")));
    assertFalse(
        OpenClipConfig.queryKeyNorm(fields("{\"qk_norm\": true, \"block_type\": \"default\"}")));
  }

  private static Activation activation(String model, String tower) throws IOException {
    return OpenClipConfig.activation(fields(model), fields(tower), OWNER);
  }

  private static Fields fields(String json) throws IOException {
    return new Fields(new ObjectMapper().readTree(json));
  }
}
