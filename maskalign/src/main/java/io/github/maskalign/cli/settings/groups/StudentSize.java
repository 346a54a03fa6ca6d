package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.ViTSize;
import org.jspecify.annotations.Nullable;

/**
 * The size of a network that starts from random weights, where the user gives none.
 *
 * @param width length of a token
 * @param depth number of blocks
 * @param heads attention heads
 */
record StudentSize(int width, int depth, int heads) {

  private static final int FEW = 10_000;
  private static final int MANY = 100_000;

  /** Positions have a sine and a cosine for each of two axes. */
  private static final int UNIT = 4;

  /**
   * The width for a number of images, at most the teacher's, in as many blocks: the default fusion
   * aligns level by level.
   */
  static StudentSize of(int images, @Nullable ViTConfig teacher) {
    ViTSize usual = images < FEW ? ViTSize.TINY : images < MANY ? ViTSize.SMALL : ViTSize.BASE;
    if (teacher == null) {
      return new StudentSize(usual.width(), usual.depth(), usual.heads());
    }
    if (teacher.width() >= usual.width()) {
      return new StudentSize(usual.width(), teacher.depth(), usual.heads());
    }
    int width = Math.max(UNIT, teacher.width() - teacher.width() % UNIT);
    int heads = width % teacher.heads() == 0 ? teacher.heads() : 1;
    return new StudentSize(width, teacher.depth(), heads);
  }

  /** As the value of {@code --model}. */
  @Override
  public String toString() {
    return width + "x" + depth + "x" + heads;
  }
}
