package examples;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.eval.ClassifierScore;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.train.FineTuning;
import io.github.maskalign.train.SoftTargets;
import io.github.maskalign.train.StepReport;
import io.github.maskalign.train.TrainStep;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the teacher that {@link PretrainTiny} aligns to, on Fashion-MNIST's train split. */
@CommandLine.Command(
    name = "train-tiny-teacher",
    description = "Trains the small supervised ViT that pretrain-tiny uses as its teacher.")
public final class TrainTinyTeacher implements Command {

  /** Width 96, 6 blocks, 3 heads, 0.67 million parameters; gray images in 49 patches of 4 x 4. */
  static final ViTConfig CONFIG = ViTConfig.of(28, 4, 96, 6, 3).withChannels(1);

  private static final int CLASSES = 10;
  private static final int EVALUATION_BATCH = 500;
  private static final double WEIGHT_DECAY = 0.05;
  private static final double DROP_PATH = 0.05;
  private static final double MAX_NORM = 1;
  private static final int REPORT_EVERY = 100;

  @Option(
      names = "--data",
      description = "Folder with Fashion-MNIST's train files (default: ${DEFAULT-VALUE}).")
  private Path data = FashionMnist.DEBIAN_FOLDER;

  @Option(names = "--epochs", description = "Number of epochs (default: ${DEFAULT-VALUE}).")
  private int epochs = 20;

  @Option(names = "--batch", description = "Images per batch (default: ${DEFAULT-VALUE}).")
  private int batchSize = 128;

  @Option(names = "--lr", description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate = 1e-3;

  @Option(
      names = "--crop-scale",
      description =
          "Minimum fraction of an image that a random crop covers (default: ${DEFAULT-VALUE}).")
  private double cropScale = 0.5;

  @Option(names = "--label-smoothing", description = "Label smoothing (default: ${DEFAULT-VALUE}).")
  private double labelSmoothing = 0.1;

  @Option(names = "--init", description = "Initial weights (default: random).")
  private @Nullable Path init;

  @Option(names = "--seed", description = "Random seed (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  @Option(names = "--out", description = "Weight file to write (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("runs", "tiny-teacher.safetensors");

  /** For the service loader. */
  public TrainTinyTeacher() {}

  @Override
  public Integer call() throws IOException {
    // Fails now rather than after half an hour of training.
    Files.createDirectories(out.toAbsolutePath().getParent());
    MemoryDataset train = FashionMnist.trainSplit(data);
    MemoryDataset test = FashionMnist.testSplit();
    try (Backends.Choice choice = compute.open();
        Scope scope = Scope.root(choice.backend(), "model")) {
      System.out.println(choice.explanation());
      Parameters parameters = Parameters.initialized(scope, DType.F32, seed);
      ViTClassifier model =
          ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, CLASSES);
      if (init != null) {
        Weights.load(init, parameters, LoadOptions.strict());
      }
      double accuracy = train(model, parameters, train, test);
      Map<String, String> notes = new LinkedHashMap<>(ModelCard.note(FashionMnist.STATS));
      notes.put("name", "tiny supervised ViT, Fashion-MNIST train split");
      notes.put("license", "Apache-2.0");
      notes.put("test_accuracy", String.valueOf(accuracy));
      Weights.save(out, parameters, notes);
      System.out.println("Weights: " + out);
    }
    return 0;
  }

  private Transform crop() {
    int side = CONFIG.imageSize().height();
    return new RandomResizedCrop(
        RandomResizedCrop.Options.preTraining(side, side).withScale(cropScale, 1),
        FashionMnist.STATS);
  }

  private double train(
      ViTClassifier model, Parameters parameters, MemoryDataset train, MemoryDataset test) {
    int side = model.trunk().config().imageSize().height();
    Augmentation augment = Augmentation.unlimited(crop(), seed);
    Transform plain = new WholeImage(side, side, FashionMnist.STATS);
    BatchSampler batches = BatchSampler.shuffled(train.size(), batchSize, seed);
    CosineSchedule schedule = new CosineSchedule(learningRate, 1e-6, 1, epochs);
    FineTuning training =
        new FineTuning(
            model,
            parameters,
            new FineTuning.Recipe(
                new TrainStep.Options(schedule, batches.perEpoch(), MAX_NORM),
                AdamW.Betas.DEFAULT,
                1,
                WEIGHT_DECAY,
                DROP_PATH,
                SoftTargets.smoothed(CLASSES, labelSmoothing),
                seed,
                Map.of()));
    long steps = epochs * batches.perEpoch();
    long start = System.nanoTime();
    double accuracy = 0;
    try (DataLoader loader = DataLoader.start(train, augment, batches, 0, steps)) {
      while (loader.hasNext()) {
        StepReport report = training.step(loader, 1);
        if (report.step() % REPORT_EVERY == 0) {
          print(report, steps, start, loader.waitedSeconds());
        }
        if (report.step() % batches.perEpoch() == 0) {
          try (DataLoader validation = DataLoader.onePass(test, plain, EVALUATION_BATCH)) {
            accuracy =
                ClassifierScore.of(parameters.scope(), model::forward, validation).top1() / 100;
          }
          System.out.printf(
              "epoch %.0f: %.2f %% of the test split%n", report.epoch(), 100 * accuracy);
        }
      }
    }
    return accuracy;
  }

  private void print(StepReport report, long steps, long start, double waited) {
    double seconds = (System.nanoTime() - start) * 1e-9;
    double rate = report.step() * batchSize / seconds;
    System.out.printf(
        "step %d/%d  epoch %.2f  loss %.4f  lr %.2e  norm %.2f  %.0f images/s  waited %.1f s  %.0f"
            + " s left%n",
        report.step(),
        steps,
        report.epoch(),
        report.loss(),
        report.learningRate(),
        report.gradientNorm(),
        rate,
        waited,
        seconds / report.step() * (steps - report.step()));
  }
}
