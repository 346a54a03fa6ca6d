package peers.work;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.TeacherId;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.data.Batch;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A whole step of MaskAlign's pre-training by the classes that {@code pretrain} uses: a ViT-B/16
 * teacher with random weights on whole images, an attentive mask, the student on 30 % of the
 * patches, backward pass and AdamW.
 */
public final class OurWholeStep implements Step {

  /** Images of a step, on both sides. */
  public static final int BATCH = 16;

  private static final ViTConfig TEACHER = ViTConfig.base(224, 16);
  private static final int SIDE = 224;
  private static final double RATE = 1e-4;
  private static final double WEIGHT_DECAY = 0.05;

  private final Backends.Choice choice;
  private final Scope scope;
  private final Pretraining training;
  private final List<Batch> batches;
  private double result;

  /** Creates teacher and student. */
  public OurWholeStep(int threads, Precision precision, ViTConfig student) {
    choice = OurBackend.open(threads, precision);
    scope = Scope.root(choice.backend(), "whole step");
    Parameters frozen = Parameters.initialized(scope, DType.F32, 1);
    ViTTeacher teacher =
        new ViTTeacher(
            new TeacherId("random", "", "none"),
            ViT.create(frozen.root(), TEACHER),
            InputAdapter.none());
    frozen.freeze();
    Parameters parameters = Parameters.initialized(scope, DType.F32, 2);
    Dimensions sizes = new Dimensions(TEACHER.depth(), TEACHER.width(), TEACHER.patches());
    MaskAlign model =
        MaskAlign.create(parameters.root(), student, sizes, AlignmentConfig.released());
    training =
        new Pretraining(
            model,
            parameters,
            new TeacherTargets(teacher, model.plan()),
            Pretraining.Recipe.released(
                new CosineSchedule(RATE, RATE, 0, 1), 1, WEIGHT_DECAY, 0, 1));
    batches = List.of(batch());
  }

  private static Batch batch() {
    Random random = new Random(1);
    float[] pixels = new float[BATCH * 3 * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    int[] samples = IntStream.range(0, BATCH).toArray();
    return new Batch(0, 0, pixels, samples, null, 3, SIDE, SIDE);
  }

  @Override
  public void run() {
    result = training.step(batches).loss();
  }

  @Override
  public double result() {
    return result;
  }

  @Override
  public void close() {
    scope.close();
    choice.close();
  }
}
