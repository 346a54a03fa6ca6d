package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.TeacherSettings;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.teacher.KnownTeacher;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens the teacher of the settings: a published model, or any weight file or folder. */
final class TeacherSource {

  private TeacherSource() {}

  /** Opens the teacher for a student with this pixel normalization. */
  static ViTTeacher open(
      Scope scope, TeacherSettings settings, ViTConfig student, ChannelStats stats) {
    if (settings.teacher().equals(EmbeddedTeacher.NAME)) {
      return EmbeddedTeacher.load(scope, stats);
    }
    Path own = Path.of(settings.teacher());
    if (Files.exists(own)) {
      return ViTTeacher.open(scope, own, student.grid(), stats);
    }
    KnownTeacher known = KnownTeacher.parse(settings.teacher());
    if (settings.teacherWeights() == null) {
      throw new IllegalArgumentException(
          "missing --teacher-weights: weight file or folder of " + settings.teacher());
    }
    if (!stats.equals(ChannelStats.imageNet())) {
      throw new IllegalArgumentException(
          "--teacher "
              + settings.teacher()
              + ": published teachers require color images and --normalize imagenet");
    }
    return known.load(scope, settings.teacherWeights(), student.grid());
  }
}
