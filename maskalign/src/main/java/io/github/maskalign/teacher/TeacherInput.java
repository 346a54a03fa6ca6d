package io.github.maskalign.teacher;

import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;

/**
 * What of a teacher's preprocessing applies to the crops of its student.
 *
 * @param stats for normalization
 * @param resampling to another size
 */
record TeacherInput(ChannelStats stats, Resampling resampling) {

  /** As its files state it. */
  static TeacherInput of(ModelCard card) {
    return new TeacherInput(card.stats(), Resampling.of(card.preprocessing().sampling().filter()));
  }

  /** MaskAlign's resampling. */
  static TeacherInput bicubic(ChannelStats stats) {
    return new TeacherInput(stats, Resampling.BICUBIC);
  }

  /**
   * In words; empty if it is the same.
   *
   * @param resized whether the crops have another size
   */
  String differenceFrom(TeacherInput usual, boolean resized) {
    boolean same = stats.equals(usual.stats) && (!resized || resampling == usual.resampling);
    return same ? "" : resampling.title() + ", " + stats;
  }
}
