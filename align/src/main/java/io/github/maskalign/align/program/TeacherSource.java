package io.github.maskalign.align.program;

import io.github.maskalign.align.teacher.InputAdapter;
import io.github.maskalign.align.teacher.KnownTeacher;
import io.github.maskalign.align.teacher.PixelStatistics;
import io.github.maskalign.align.teacher.TeacherId;
import io.github.maskalign.align.teacher.ViTTeacher;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.LoadOptions;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.Weights;
import io.github.maskalign.vit.image.ChannelStats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Teachers by the words of the command line: a published one, or one that was trained here. */
final class TeacherSource {

  private TeacherSource() {}

  /** Opens the teacher of a student whose pictures are normalised by these statistics. */
  static ViTTeacher open(
      Scope scope, TeacherSettings settings, ViTConfig student, ChannelStats stats) {
    Path own = Path.of(settings.teacher());
    if (Files.exists(own)) {
      return own(scope, WeightFile.in(own), student, stats);
    }
    KnownTeacher known = KnownTeacher.parse(settings.teacher());
    if (settings.teacherWeights() == null) {
      throw new IllegalArgumentException(
          "--teacher-weights: name the file with the weights of " + settings.teacher());
    }
    return known.load(scope, settings.teacherWeights(), student.grid());
  }

  private static ViTTeacher own(Scope scope, Path file, ViTConfig student, ChannelStats stats) {
    ModelCard card = ModelCard.require(file);
    ViTConfig config = card.config();
    // A final norm that the file lacks is the identity; only k-NN looks at it.
    Parameters parameters = Parameters.initialised(scope, DType.F32, 0);
    ViT network =
        ViT.create(parameters.root(), config.withImageSize(student.grid() * config.patchSize()));
    Weights.load(
        file, parameters, LoadOptions.strict().optional("norm.*").ignoring("head.*", "fc_norm.*"));
    return new ViTTeacher(
        TeacherId.of(file.toString(), file, "own"),
        network,
        InputAdapter.renormalised(statistics(stats), statistics(card.stats())));
  }

  private static PixelStatistics statistics(ChannelStats stats) {
    return new PixelStatistics(list(stats.mean()), list(stats.std()));
  }

  private static List<Double> list(float[] values) {
    List<Double> list = new ArrayList<>();
    for (float value : values) {
      list.add((double) value);
    }
    return list;
  }
}
