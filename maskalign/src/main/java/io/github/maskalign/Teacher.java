package io.github.maskalign;

import io.github.maskalign.config.Dimensions;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.image.ImageSize;

/**
 * A frozen network whose features are the targets. Its parameters are not among the student's, it
 * is never recorded on a tape, and a checkpoint stores only its {@link TeacherId}.
 *
 * @since 0.1.0
 */
public interface Teacher {

  /** Identity of the network. */
  TeacherId id();

  /** Depth, width and number of patches. */
  Dimensions dimensions();

  /** The kind of patch importance that it computes. */
  Importance importance();

  /**
   * How it converts a student's images, where that is not the usual way, and so its features are
   * others than those of the same weights; empty if it is: bicubic resizing, and the statistics of
   * the weights.
   *
   * @param crops size of the student's images
   */
  default String input(ImageSize crops) {
    return "";
  }

  /**
   * Runs the network on whole images, prepared as for the student. A teacher that changes the
   * output of another asks it for all tokens, or changes {@link TeacherOutput#last} too.
   *
   * @param ops whose scope owns the result; nothing is recorded
   * @param images [B, C, H, W]
   */
  TeacherOutput forward(Ops ops, Tensor images, TeacherRequest request);
}
