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

/** Teachers by the words of the command line: a published one, or any file or folder of weights. */
final class TeacherSource {

  private TeacherSource() {}

  /** Opens the teacher of a student whose pictures are normalized by these statistics. */
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
          "--teacher-weights: name the file with the weights of " + settings.teacher());
    }
    if (!stats.equals(ChannelStats.imageNet())) {
      throw new IllegalArgumentException(
          "teacher "
              + settings.teacher()
              + ": published teachers need color pictures and --normalize imagenet");
    }
    return known.load(scope, settings.teacherWeights(), student.grid());
  }
}
