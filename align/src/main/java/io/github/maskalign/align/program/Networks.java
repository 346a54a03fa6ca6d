package io.github.maskalign.align.program;

import io.github.maskalign.align.teacher.InputAdapter;
import io.github.maskalign.align.teacher.PixelStatistics;
import io.github.maskalign.align.teacher.TeacherCard;
import io.github.maskalign.align.teacher.TeacherId;
import io.github.maskalign.align.teacher.ViTTeacher;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.LoadReport;
import io.github.maskalign.vit.weights.NetworkFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Networks in files and folders, with all that it takes to show them pictures. */
final class Networks {

  private Networks() {}

  /**
   * An open network.
   *
   * @param network with its weights
   * @param statistics its pixels are normalised by these
   * @param id which one it is
   */
  record Opened(ViT network, PixelStatistics statistics, TeacherId id) {

    /** By which its pictures are normalised. */
    ChannelStats stats() {
      return Networks.stats(statistics);
    }

    /** As the teacher of students whose pictures are normalised by these. */
    ViTTeacher asTeacher(ChannelStats students) {
      PixelStatistics from = Networks.statistics(students);
      InputAdapter adapter =
          from.equals(statistics)
              ? InputAdapter.none()
              : InputAdapter.renormalised(from, statistics);
      return new ViTTeacher(id, network, adapter);
    }
  }

  /**
   * Opens a network that tells its shape.
   *
   * @param scope owns the weights
   * @param shape changes the shape, such as the size of its pictures
   */
  static Opened open(Scope scope, Path place, UnaryOperator<ViTConfig> shape) {
    try (NetworkFile found = NetworkFile.open(place)) {
      NetworkFile file = found.withConfig(shape.apply(found.config()));
      TeacherCard card = TeacherCard.beside(file.file());
      // A final norm that the file lacks, as after pooling by mean, is the identity.
      Parameters parameters = Parameters.initialised(scope, DType.F32, 0);
      ViT network = ViT.create(parameters.root(), file.config());
      LoadReport report = file.load(parameters, "norm.*");
      System.out.printf("Weights: %s: %s%n", place, report);
      TeacherId id = TeacherId.of(place.toString(), file.file().files(), card.licence());
      return new Opened(network, card.statistics(), id);
    }
  }

  /** The same statistics for a transform. */
  static ChannelStats stats(PixelStatistics statistics) {
    int channels = statistics.mean().size();
    float[] mean = new float[channels];
    float[] std = new float[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = statistics.mean().get(c).floatValue();
      std[c] = statistics.deviation().get(c).floatValue();
    }
    return new ChannelStats(mean, std);
  }

  /** The same statistics for a teacher's card. */
  static PixelStatistics statistics(ChannelStats stats) {
    return new PixelStatistics(list(stats.mean()), list(stats.std()));
  }

  private static List<Double> list(float[] values) {
    List<Double> list = new ArrayList<>();
    for (float value : values) {
      // By its decimal digits: 0.485f is to be 0.485.
      list.add(Double.valueOf(Float.toString(value)));
    }
    return list;
  }
}
