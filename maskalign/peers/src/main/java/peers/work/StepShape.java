package peers.work;

import io.github.maskalign.vit.ViTConfig;

/**
 * The work of a step, equal on both sides.
 *
 * @param name for the table
 * @param config the network, on images of 224 x 224 in patches of 16 x 16
 * @param batch images
 * @param teacherWidth length of the tokens to align with
 */
public record StepShape(String name, ViTConfig config, int batch, int teacherWidth) {

  /** Visible patches of the student, which has 60 tokens with the class token. */
  public static final int VISIBLE = 59;

  /** Number of last teacher blocks to align. */
  public static final int LEVELS = 5;

  /** Training step of the smallest student. */
  public static final StepShape TINY = new StepShape("ViT-Ti/16", ViTConfig.tiny(224, 16), 8, 768);

  /** Training step of the student between. */
  public static final StepShape SMALL = new StepShape("ViT-S/16", ViTConfig.small(224, 16), 8, 768);

  /** Training step of the largest student. */
  public static final StepShape BASE = new StepShape("ViT-B/16", ViTConfig.base(224, 16), 8, 768);

  /** Forward pass of a teacher that returns its last levels. */
  public static final StepShape TEACHER =
      new StepShape("ViT-B/16 teacher", ViTConfig.base(224, 16), 4, 768);

  /** A forward pass of a picture. */
  public static final StepShape PICTURE =
      new StepShape("ViT-B/16 forward", ViTConfig.base(224, 16), 1, 768);

  /** A forward pass of several pictures. */
  public static final StepShape PICTURES =
      new StepShape("ViT-B/16 forward", ViTConfig.base(224, 16), 4, 768);
}
