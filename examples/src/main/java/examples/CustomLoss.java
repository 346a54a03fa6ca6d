package examples;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.autograd.nn.L2Normalize;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.FeatureLoss;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.eval.KnnClassifier;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.vit.ViT;

/**
 * A loss of your own: one minus the cosine of prediction and target. Pre-trains a student with it
 * and another with the published loss, and compares their features by k-NN.
 */
public final class CustomLoss {

  private static final int BATCH = 64;
  private static final int STEPS = 40;

  private CustomLoss() {}

  /** The loss, in tensor operations; the tape derives it. y, t [B, T, D] -> a scalar. */
  static Tensor cosine(Ops ops, Tensor prediction, Tensor target) {
    Tensor y = L2Normalize.forward(ops, prediction, 1e-6);
    Tensor t = L2Normalize.forward(ops, target, 1e-6);
    Tensor cosines = ops.sum(ops.mul(y, t), false, -1);
    return ops.affine(ops.mean(cosines, false), -1, 1);
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    try (Backends.Choice choice = Backends.open()) {
      accuracy(choice, "smooth L1", LossKind.SMOOTH_L1, STEPS);
      accuracy(choice, "cosine", CustomLoss::cosine, STEPS);
    }
  }

  /** Pre-trains a student; returns its k-NN accuracy in per cent. */
  static double accuracy(Backends.Choice choice, String name, FeatureLoss loss, int steps) {
    try (Scope scope = Scope.root(choice.backend(), "model")) {
      MemoryDataset pictures = FashionMnist.testSplit();
      ViTTeacher teacher = EmbeddedTeacher.load(scope);
      AlignmentConfig config = AlignmentConfig.released().withLoss(loss);
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      MaskAlign model =
          MaskAlign.create(
              parameters.root(), teacher.network().config(), teacher.dimensions(), config);
      BatchSampler batches = BatchSampler.shuffled(8000, BATCH, 1);
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
      double before = knn(scope, model.student(), pictures);
      double first = 0;
      double last = 0;
      try (DataLoader loader =
          DataLoader.start(pictures.subset(0, 8000), crops, batches, 0, steps)) {
        for (int step = 1; step <= steps; step++) {
          last = training.step(loader, 1).loss();
          first = step == 1 ? last : first;
        }
      }
      double after = knn(scope, model.student(), pictures);
      System.out.printf(
          "%-10s loss %.3f -> %.3f   k-NN %.1f %% -> %.1f %%%n", name, first, last, before, after);
      return after;
    }
  }

  /** Share of 500 pictures whose class the nearest of 2,000 others give, in per cent. */
  private static double knn(Scope scope, ViT student, MemoryDataset pictures) {
    FeatureExtractor features =
        new FeatureExtractor(scope, student, new WholeImage(28, 28, FashionMnist.STATS), 250);
    return 100
        * KnnClassifier.standard()
            .accuracy(
                scope.backend(),
                features.extract(pictures.subset(0, 2000)),
                features.extract(pictures.subset(8000, 8500)));
  }
}
