package io.github.maskalign.vit.weights.config;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;

/** What the configurations of OpenCLIP's image and text towers have in common. */
public final class OpenClipConfig {

  /** Epsilon of the norms, where a configuration has no other. */
  public static final double EPS = 1e-5;

  private OpenClipConfig() {}

  /**
   * The activation of {@code quick_gelu} and {@code act_kwargs}.
   *
   * @param model the group of both towers
   * @param tower the group of one
   * @param owner for messages, such as "the text tower"
   * @throws FormatException if it is not supported
   */
  public static Activation activation(Fields model, Fields tower, String owner) {
    boolean quick = model.flag("quick_gelu", false);
    Fields options = tower.options("act_kwargs", "approximate", owner);
    if (quick && !options.json().isEmpty()) {
      throw new FormatException("'quick_gelu' has no options, yet 'act_kwargs' has some");
    }
    if (quick) {
      return Activation.QUICK_GELU;
    }
    String approximation = options.text("approximate", "none");
    return switch (approximation) {
      case "none" -> Activation.GELU;
      case "tanh" -> Activation.TANH_GELU;
      default ->
          throw new FormatException(
              "'approximate' of %s is '%s'; supported are none and tanh"
                  .formatted(owner, approximation));
    };
  }

  /** Epsilon of the norms, of {@code norm_kwargs}. */
  public static double eps(Fields tower, String owner) {
    return tower.options("norm_kwargs", "eps", owner).real("eps", EPS);
  }

  /** Whether queries and keys are normalized, which the default block cannot. */
  public static boolean queryKeyNorm(Fields tower) {
    boolean custom = !tower.text("block_type", "custom").equals("default");
    return custom && tower.flag("qk_norm", false);
  }
}
