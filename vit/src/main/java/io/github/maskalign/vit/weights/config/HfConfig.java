package io.github.maskalign.vit.weights.config;

import io.github.maskalign.autograd.nn.Nonlinearity;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;

/** What the configurations of transformers have in common. */
public final class HfConfig {

  private HfConfig() {}

  /**
   * The activation of {@code hidden_act}.
   *
   * @param absent its default
   * @throws FormatException if it is not supported
   */
  public static Activation activation(Fields fields, String absent) {
    return Activation.of(nonlinearity("hidden_act", fields.text("hidden_act", absent)), false);
  }

  /**
   * The function of a name in transformers.
   *
   * @param key for messages
   * @throws FormatException if it is not supported
   */
  public static Nonlinearity nonlinearity(String key, String word) {
    return switch (word) {
      case "gelu", "gelu_python" -> Nonlinearity.GELU;
      case "gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_accurate", "gelu_python_tanh" ->
          Nonlinearity.TANH_GELU;
      case "quick_gelu" -> Nonlinearity.QUICK_GELU;
      case "silu", "swish" -> Nonlinearity.SILU;
      case "relu" -> Nonlinearity.RELU;
      default -> throw new FormatException("%s '%s' is not supported".formatted(key, word));
    };
  }
}
