package io.github.maskalign.cli.train;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.PretrainObjective;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.baseline.PixelMae;
import io.github.maskalign.baseline.Reconstruction;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.TeacherSettings;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.config.Method;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.teacher.KnownTeacher;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.NetworkFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Student and teacher of a pre-training run.
 *
 * @param objective the student and its loss
 * @param targets the teacher and its targets; null without a teacher
 */
record PretrainModel(PretrainObjective objective, @Nullable TeacherTargets targets) {

  /** Opens the teacher; null if the method has none. */
  static @Nullable ViTTeacher teacher(Scope scope, PretrainSettings settings, ChannelStats stats) {
    return settings.method().method() == Method.MAE
        ? null
        : open(scope, settings.teacher(), settings.student().shape().config(), stats);
  }

  /**
   * The teacher's network, by the header of its file; null if nothing follows from it, because the
   * method has no teacher and the settings state the student's size.
   *
   * @throws ArgumentException if the teacher is unknown, or its weights are missing
   */
  static @Nullable ViTConfig taught(PretrainSettings settings) {
    TeacherSettings teacher = settings.teacher();
    if (teacher.teacher().equals(EmbeddedTeacher.NAME)) {
      return EmbeddedTeacher.config();
    }
    if (settings.method().method() == Method.MAE && settings.student().isComplete()) {
      if (!hasOwn(teacher)) {
        known(teacher.teacher());
      }
      return null;
    }
    Path own = own(teacher);
    if (own != null) {
      return config(own);
    }
    KnownTeacher known = known(teacher.teacher());
    return settings.method().method() == Method.MAE
        ? known.config()
        : known.config(weights(teacher, known));
  }

  /** The weights that the teacher's setting names itself; null if it is the name of a teacher. */
  private static @Nullable Path own(TeacherSettings teacher) {
    return hasOwn(teacher) ? ModelPath.parse(teacher.teacher()).path() : null;
  }

  private static boolean hasOwn(TeacherSettings teacher) {
    String text = teacher.teacher();
    return text.startsWith(ModelReference.PREFIX) || Files.exists(Path.of(text));
  }

  /** The weights of a published teacher, fetched from the Hub if none are given. */
  private static Path weights(TeacherSettings teacher, KnownTeacher known) {
    if (teacher.teacherWeights() != null) {
      return teacher.teacherWeights();
    }
    try {
      return ModelPath.of(known.repository()).path();
    } catch (HubException e) {
      throw new HubException(
          e.reason(),
          "--teacher %s: %s; or give its files with --teacher-weights, or choose another --teacher, such as tiny"
              .formatted(known, e.getMessage()),
          e);
    }
  }

  private static KnownTeacher known(String name) {
    try {
      return KnownTeacher.parse(name);
    } catch (ArgumentException e) {
      throw new ArgumentException(
          "--%s, %s, hf:ORG/NAME, or a weight file or folder that exists"
              .formatted(e.getMessage(), EmbeddedTeacher.NAME),
          e);
    }
  }

  private static ViTConfig config(Path weights) {
    try (NetworkFile file = NetworkFile.open(weights)) {
      return file.config();
    }
  }

  /** Creates the student for the method of the settings. */
  static PretrainModel create(
      Parameters.Path path, PretrainSettings settings, @Nullable ViTTeacher teacher) {
    Method method = settings.method().method();
    ViTConfig config = settings.student().shape().config();
    boolean recompute = settings.optimizer().recompute();
    if (teacher == null) {
      double hidden = settings.alignment().maskRatio();
      return new PretrainModel(
          PixelMae.create(path, config, settings.method().decoder(), hidden), null);
    }
    Dimensions taught = teacher.dimensions();
    AlignmentConfig alignment = settings.alignment().config();
    return switch (method) {
      case MASKALIGN -> {
        MaskAlign model = MaskAlign.create(path, config, taught, alignment);
        yield of(model.withRecompute(recompute), teacher, model.plan());
      }
      case DECODER -> {
        Reconstruction model =
            Reconstruction.withDecoder(
                path, config, taught, alignment, settings.method().decoder());
        yield of(model, teacher, model.plan());
      }
      case MASK_TOKENS -> {
        Reconstruction model = Reconstruction.withMaskTokens(path, config, taught, alignment);
        yield of(model, teacher, model.plan());
      }
      case MAE -> throw new ArgumentException("method mae has no teacher");
    };
  }

  private static PretrainModel of(
      PretrainObjective objective, ViTTeacher teacher, AlignmentPlan plan) {
    return new PretrainModel(objective, new TeacherTargets(teacher, plan));
  }

  /** Opens the teacher for a student with this pixel normalization. */
  private static ViTTeacher open(
      Scope scope, TeacherSettings settings, ViTConfig student, ChannelStats stats) {
    if (settings.teacher().equals(EmbeddedTeacher.NAME)) {
      return EmbeddedTeacher.load(scope, student.grid(), stats);
    }
    Path own = own(settings);
    if (own != null) {
      return ViTTeacher.open(scope, own, student.grid(), stats);
    }
    KnownTeacher known = KnownTeacher.parse(settings.teacher());
    return known.load(scope, weights(settings, known), student.grid(), stats);
  }
}
