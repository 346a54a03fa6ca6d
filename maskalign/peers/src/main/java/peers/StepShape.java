package peers;

import io.github.maskalign.vit.ViTConfig;

/**
 * The work of a step, equal on both sides.
 *
 * @param name for the table
 * @param config the network, on images of 224 x 224 in patches of 16 x 16
 * @param batch images
 * @param teacherWidth length of the tokens to align with
 */
record StepShape(String name, ViTConfig config, int batch, int teacherWidth) {

  /** Visible patches of the student, which has 60 tokens with the class token. */
  static final int VISIBLE = 59;

  /** Number of last teacher blocks to align. */
  static final int LEVELS = 5;

  static final StepShape TINY = new StepShape("ViT-Ti/16", ViTConfig.tiny(224, 16), 8, 768);
  static final StepShape SMALL = new StepShape("ViT-S/16", ViTConfig.small(224, 16), 8, 768);
  static final StepShape BASE = new StepShape("ViT-B/16", ViTConfig.base(224, 16), 8, 768);
  static final StepShape TEACHER = new StepShape("teacher", ViTConfig.base(224, 16), 4, 768);

  static StepShape of(String name) {
    return switch (name) {
      case "ti" -> TINY;
      case "s" -> SMALL;
      case "b" -> BASE;
      case "teacher" -> TEACHER;
      default -> throw new IllegalArgumentException("no model '" + name + "': ti, s, b, teacher");
    };
  }
}
