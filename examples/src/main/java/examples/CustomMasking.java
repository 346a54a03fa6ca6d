package examples;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.Masking;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.MaskStrategy;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.StepReport;
import io.github.maskalign.train.TeacherTargets;
import java.util.Arrays;

/**
 * A masking strategy of your own: the student sees the patches around a center, which is drawn by
 * importance. Prints a mask of each strategy, then pre-trains with the new one for a few steps.
 */
public final class CustomMasking {

  private static final int GRID = 7;
  private static final int VISIBLE = 14;
  private static final int BATCH = 64;
  private static final int STEPS = 40;

  private CustomMasking() {}

  /**
   * The strategy: a function of its arguments, so that a run can be resumed. {@code random} is a
   * stream of random numbers for one step and one image.
   */
  static int[] aroundCenter(float[] importance, int patches, int visible, Philox random) {
    int center = MaskKind.ATTENTIVE.draw(importance, patches, 1, random)[0];
    float[] distances = new float[patches];
    for (int i = 0; i < patches; i++) {
      int down = i / GRID - center / GRID;
      int right = i % GRID - center % GRID;
      distances[i] = down * down + right * right;
    }
    return Arrays.copyOf(MaskKind.ascending(distances), visible);
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "model")) {
      MemoryDataset pictures = FashionMnist.testSplit();
      ViTTeacher teacher = EmbeddedTeacher.load(scope);
      float[] importance = importance(scope, teacher, pictures);
      print("random", MaskKind.RANDOM, importance);
      print("attentive", MaskKind.ATTENTIVE, importance);
      print("around a center", CustomMasking::aroundCenter, importance);
      train(scope, teacher, pictures, CustomMasking::aroundCenter);
    }
  }

  /** What the teacher's class token attends to in the first picture: [patches]. */
  private static float[] importance(Scope scope, ViTTeacher teacher, MemoryDataset pictures) {
    WholeImage transform = new WholeImage(28, 28, FashionMnist.STATS);
    try (DataLoader loader = DataLoader.onePass(pictures.subset(0, 1), transform, 1);
        Scope inner = scope.child("look")) {
      TeacherOutput output =
          teacher.forward(
              inner.ops(), loader.next().images(inner.ops()), new TeacherRequest(1, true));
      return output.importance().toFloats();
    }
  }

  private static void print(String name, MaskStrategy strategy, float[] importance) {
    int[] ids = new Masking(strategy, 1).draw(importance, GRID * GRID, VISIBLE, 0, new long[] {0});
    StringBuilder grid = new StringBuilder(".".repeat(GRID * GRID));
    Arrays.stream(ids).forEach(id -> grid.setCharAt(id, '#'));
    System.out.println(name);
    for (int row = 0; row < GRID; row++) {
      System.out.println("  " + grid.substring(row * GRID, (row + 1) * GRID));
    }
  }

  /** Pre-trains a student; returns the losses of its first and last step. */
  static double[] train(
      Scope scope, ViTTeacher teacher, MemoryDataset pictures, MaskStrategy strategy) {
    AlignmentConfig config = AlignmentConfig.released().withMask(strategy, 0.7);
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    MaskAlign model =
        MaskAlign.create(
            parameters.root(), teacher.network().config(), teacher.dimensions(), config);
    BatchSampler batches = BatchSampler.shuffled(pictures.size(), BATCH, 1);
    CosineSchedule schedule = new CosineSchedule(2e-3, 0, 0, 1);
    Pretraining training =
        new Pretraining(
            model,
            parameters,
            new TeacherTargets(teacher, model.plan()),
            Pretraining.Recipe.released(schedule, batches.perEpoch(), 0.05, 0, 1));
    Augmentation crops =
        Augmentation.unlimited(
            new RandomResizedCrop(
                RandomResizedCrop.Options.preTraining(28, 28).withScale(0.6, 1),
                FashionMnist.STATS),
            1);
    double[] losses = new double[2];
    try (DataLoader loader = DataLoader.start(pictures, crops, batches, 0, STEPS)) {
      for (int step = 1; step <= STEPS; step++) {
        StepReport report = training.step(loader, 1);
        losses[step == 1 ? 0 : 1] = report.loss();
        if (step == 1 || step % 10 == 0) {
          System.out.printf("step %2d  loss %.3f%n", step, report.loss());
        }
      }
    }
    return losses;
  }
}
