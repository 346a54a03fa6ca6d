package examples;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.Masking;
import io.github.maskalign.Targets;
import io.github.maskalign.WeightDecayGroups;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.autograd.optim.GradientNorm;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A training loop of your own, without {@code Trainer} and {@code Pretraining}: teacher, mask,
 * forward, backward, gradient clipping and optimizer step are each one line to change.
 */
public final class CustomTrainingLoop {

  private static final int BATCH = 64;
  private static final int STEPS = 60;
  private static final double MAX_NORM = 3;
  private static final long SEED = 1;

  private CustomTrainingLoop() {}

  /** Runs the example. */
  public static void main(String[] arguments) {
    List<Double> losses = train(STEPS);
    for (int step = 0; step < losses.size(); step += 10) {
      double mean =
          losses.subList(step, step + 10).stream()
              .mapToDouble(loss -> loss)
              .average()
              .orElseThrow();
      System.out.printf("steps %2d to %2d  loss %.3f%n", step + 1, step + 10, mean);
    }
  }

  /** Pre-trains a student; returns the loss of each step. */
  static List<Double> train(int steps) {
    MemoryDataset pictures = FashionMnist.testSplit();
    List<Double> losses = new ArrayList<>();
    BatchSampler batches = BatchSampler.shuffled(pictures.size(), BATCH, SEED);
    Augmentation crops =
        Augmentation.unlimited(
            new RandomResizedCrop(
                RandomResizedCrop.Options.preTraining(28, 28).withScale(0.6, 1),
                FashionMnist.STATS),
            SEED);
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "model");
        DataLoader loader = DataLoader.start(pictures, crops, batches, 0, steps)) {
      ViTTeacher teacher = EmbeddedTeacher.load(scope);
      Parameters parameters = Parameters.initialized(scope, DType.F32, SEED);
      MaskAlign model =
          MaskAlign.create(
              parameters.root(),
              teacher.network().config(),
              teacher.dimensions(),
              AlignmentConfig.released());
      Masking masking = new Masking(model.mask(), SEED);
      AdamW optimizer =
          new AdamW(scope, WeightDecayGroups.of(parameters, 0.05), AdamW.Betas.PRETRAIN);
      CosineSchedule schedule = new CosineSchedule(2e-3, 0, 0.1, 1);

      while (loader.hasNext()) {
        Batch batch = loader.next();
        try (Tape tape = Tape.open(scope, "step")) {
          tape.watchAll(parameters.trainableValues());
          Tensor images = batch.images(tape);
          Targets targets = model.targets(teacher.forward(tape, images, model.request()));
          long[] samples = Arrays.stream(batch.samples()).asLongStream().toArray();
          int[] visible = model.visible(masking, targets, batch.number(), samples);
          Tensor loss = model.forward(tape, images, targets, visible, null).loss().total();
          losses.add(loss.item());
          Gradients gradients = tape.backward(loss);
          double norm = GradientNorm.of(tape.scope(), gradients, parameters.trainable());
          double learningRate = schedule.at((double) batch.number() / batches.perEpoch());
          optimizer.step(gradients, learningRate, GradientNorm.clipFactor(norm, MAX_NORM));
        }
      }
    }
    return losses;
  }
}
