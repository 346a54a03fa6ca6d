package io.github.maskalign.vectors.kinds;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.TeacherId;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentOrder;
import io.github.maskalign.config.Fusion;
import io.github.maskalign.config.HeadKind;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.StochasticDepth;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.family.NameTable;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A student, a teacher and their alignment, from a manifest.
 *
 * @param parameters of the student and the alignment, loaded
 */
record Alignment(ViTTeacher teacher, MaskAlign maskAlign, Parameters parameters) {

  static Alignment create(VectorCase given) {
    ViTConfig student = Networks.student(given, PositionEmbedding.SINCOS);
    ViTTeacher teacher = teacher(given, student.grid());
    Parameters parameters = Parameters.initialized(given.scope(), DType.F32, 0);
    MaskAlign maskAlign =
        MaskAlign.create(parameters.root(), student, teacher.dimensions(), config(given));
    Networks.load(given, "student", parameters);
    return new Alignment(teacher, maskAlign, parameters);
  }

  private static AlignmentConfig config(VectorCase given) {
    return new AlignmentConfig(
        MaskKind.parse(given.text("mask_type")),
        given.real("mask_ratio"),
        Fusion.parse(given.text("fusion_type")),
        HeadKind.parse(given.text("head_type")),
        AlignmentOrder.MIX_THEN_ADAPT,
        TargetNorm.parse(given.text("target_norm")),
        LossKind.parse(given.text("loss_type")),
        LevelWeights.parse(given.text("loss_weights")));
  }

  /**
   * A teacher with as many patches as the student; what the manifest omits is inferred from its
   * weights.
   */
  private static ViTTeacher teacher(VectorCase given, Grid grid) {
    List<Path> files = given.weights("teacher");
    if (files.size() != 1) {
      throw new ArgumentException("a teacher is one file, the manifest names " + files);
    }
    Path file = files.getFirst();
    int width = given.integer("tdim");
    int patch;
    int mlpWidth;
    try (SafeTensorsFile weights = SafeTensorsFile.open(file)) {
      WeightSource source = WeightSource.of(weights);
      NameTable names = Families.detect(source.names());
      patch = shape(source, names, "patch_embed.proj.weight").dim(-1);
      mlpWidth = shape(source, names, "blocks.0.mlp.fc1.weight").dim(0);
    }
    ViTConfig plain =
        ViTConfig.of(patch, patch, width, given.integer("tdepth"), given.integer("theads"))
            .withGrid(grid);
    boolean clip = given.text("teacher").startsWith("clip");
    if (!clip && !given.text("teacher").startsWith("dino")) {
      throw new ArgumentException("teacher '" + given.text("teacher") + "'");
    }
    ViTConfig flavored = clip ? plain.asClip() : plain.asDino();
    ViTConfig config = flavored.withMlp((double) mlpWidth / width, flavored.blocks().activation());
    InputAdapter adapter =
        clip
            ? InputAdapter.renormalized(ChannelStats.imageNet(), ChannelStats.clip())
            : InputAdapter.none();
    TeacherId id = TeacherId.of(given.text("teacher"), file, "none");
    return ViTTeacher.load(given.scope(), id, file, config, adapter);
  }

  private static Shape shape(WeightSource source, NameTable names, String parameter) {
    return source.shape(names.sources(parameter, source.names()).getFirst().name());
  }

  /** Stochastic depth with given draws: one row per branch, in the order of the blocks. */
  @Nullable StochasticDepth depth(VectorCase given) {
    double rate = given.real("drop_path");
    if (rate == 0) {
      return null;
    }
    float[] draws = given.floats("in.drop_rand");
    int depth = maskAlign.student().config().depth();
    return StochasticDepth.linear(
        rate,
        depth,
        (block, branch, batch) -> {
          // Block 0 has rate 0 and draws nothing.
          int row = 2 * (block - 1) + branch;
          float[] uniform = new float[batch];
          System.arraycopy(draws, row * batch, uniform, 0, batch);
          return uniform;
        });
  }
}
