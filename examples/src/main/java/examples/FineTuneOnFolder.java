package examples;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.cli.Command;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.CenterCrop;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.MatchChannels;
import io.github.maskalign.data.Transform;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.eval.ClassifierScore;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.train.FineTuning;
import io.github.maskalign.train.Metrics;
import io.github.maskalign.train.SoftTargets;
import io.github.maskalign.train.StopSignal;
import io.github.maskalign.train.TrainStep;
import io.github.maskalign.train.Trainer;
import io.github.maskalign.train.TrainerConfig;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Fine-tunes a pre-trained network on the class subfolders of a folder, with four fifths of the
 * images for training and one fifth for validation. {@code maskalign finetune} has all options;
 * this shows the same in Java.
 */
@CommandLine.Command(
    name = "finetune-folder",
    sortOptions = false,
    description =
        "Fine-tunes a network on the class subfolders of a folder for a few epochs, holding out 20"
            + " %% of the images for evaluation.")
public final class FineTuneOnFolder implements Command {

  private static final int BATCH = 32;
  private static final double PEAK_RATE = 5e-4;
  private static final double LAYER_DECAY = 0.75;
  private static final double WEIGHT_DECAY = 0.05;
  private static final double DROP_PATH = 0.1;
  private static final double SMOOTHING = 0.1;
  private static final long SEED = 1;

  @CommandLine.Parameters(paramLabel = "DIR", description = "Folder with one subfolder per class.")
  private Path folder;

  @Option(
      names = "--weights",
      paramLabel = "DIR|FILE",
      description =
          "Initial weights: a weight file or folder (default: the embedded tiny network).")
  private @Nullable Path weights;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Number of epochs (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Output folder (default: runs/finetune-folder-TIME).")
  private @Nullable Path out;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public FineTuneOnFolder() {}

  @Override
  public Integer call() {
    Dataset all = DataSets.open(folder);
    DatasetNotes.lines(all).forEach(spec.commandLine().getOut()::println);
    if (!all.hasLabels()) {
      throw new ArgumentException(
          folder
              + " has no classes; put the images of each class in a subfolder of its own and none"
              + " beside them");
    }
    int[] order = Philox.of(SEED).stream("split").permutation(all.size());
    int held = all.size() / 5;
    Dataset val = all.select(Arrays.copyOf(order, held));
    Dataset train = all.select(Arrays.copyOfRange(order, held, order.length));

    try (NetworkFile file = NetworkFile.open(weights == null ? EmbeddedTeacher.file() : weights);
        Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "model");
        StopSignal stop = StopSignal.install()) {
      RunFolder run =
          out == null
              ? RunFolder.create(Path.of("runs"), "finetune-folder", LocalDateTime.now())
              : RunFolder.at(out);
      try (WriterLock _ = run.lock()) {
        run.requireNoCheckpoints();
        return train(new Job(file, scope, train, val, run), stop);
      }
    }
  }

  /** The network to fine-tune, its memory, the two parts of the data, and the output folder. */
  private record Job(NetworkFile file, Scope scope, Dataset train, Dataset val, RunFolder run) {}

  private int train(Job job, StopSignal stop) {
    PrintWriter said = spec.commandLine().getOut();
    int classes = job.train.classNames().size();
    ViTConfig config = job.file.config().withPositions(PositionEmbedding.LEARNED);
    ChannelStats stats = ModelCard.of(job.file).stats();
    Parameters parameters = Parameters.initialized(job.scope, DType.F32, SEED);
    Pooling pooling = Pooling.of(config);
    ViTClassifier model = ViTClassifier.create(parameters.root(), config, pooling, classes);
    load(job, parameters);
    said.printf(
        "%s of %s for training, ",
        Quantity.of(job.train.size(), "image"), Quantity.of(classes, "class"));
    said.printf("%,d for validation%n", job.val.size());

    int side = config.imageSize().requireSquare("fine-tuning");
    Transform crops =
        new MatchChannels(
            new RandomResizedCrop(
                RandomResizedCrop.Options.preTraining(side, side).withScale(0.5, 1), stats));
    Transform middle = new CenterCrop(Preprocessing.of(side, stats));
    BatchSampler batches = BatchSampler.shuffled(job.train.size(), BATCH, SEED);
    ClassifierCard card =
        new ClassifierCard(
            pooling == Pooling.CLASS_TOKEN ? ClassifierCard.Head.CLS : ClassifierCard.Head.MEAN,
            job.train.classNames());
    CosineSchedule schedule =
        new CosineSchedule(PEAK_RATE, PEAK_RATE / 100, Math.min(1, epochs / 2.0), epochs);
    FineTuning training =
        new FineTuning(
            model,
            parameters,
            new FineTuning.Recipe(
                TrainStep.Options.unclipped(schedule, batches.perEpoch()),
                AdamW.Betas.DEFAULT,
                LAYER_DECAY,
                WEIGHT_DECAY,
                DROP_PATH,
                SoftTargets.smoothed(classes, SMOOTHING),
                SEED,
                card.metadata(stats)));
    TrainerConfig plan =
        new TrainerConfig(
            job.train,
            Augmentation.unlimited(crops, SEED),
            batches,
            epochs,
            1,
            TrainerConfig.Logging.every(10),
            TrainerConfig.Saving.standard());
    RunFolder run = job.run;
    said.println("Before: " + score(job, model, middle));
    Trainer running =
        new Trainer(
            "fine-tune",
            training,
            plan,
            run,
            (_, _) -> {
              ClassifierScore score = score(job, model, middle);
              return Metrics.scored(Map.of("top1", score.top1()), score.top1());
            });
    if (!running.train(stop, quiet)) {
      said.println("Stopped; the latest checkpoint is in " + run.checkpoints());
      return stop.exitStatus();
    }
    Weights.save(run.model(), parameters, card.metadata(stats));
    said.println("After:  " + score(job, model, middle));
    said.println("Weights: " + run.model());
    return 0;
  }

  /** The head keeps its initial weights, because another training's head has other classes. */
  private static void load(Job job, Parameters parameters) {
    Tensor head = parameters.get("head.weight").value();
    Tensor bias = parameters.get("head.bias").value();
    float[] initial = head.toFloats();
    job.file.load(parameters, "head.*", "fc_norm.*", "norm.*");
    try (Scope inner = job.scope.child("head")) {
      job.scope.backend().copy(inner.ops().of(initial, head.dim(0), head.dim(1)), head);
      job.scope.backend().fill(bias, 0);
    }
  }

  private static ClassifierScore score(Job job, ViTClassifier model, Transform view) {
    try (DataLoader loader = DataLoader.onePass(job.val, view, BATCH)) {
      return ClassifierScore.of(job.scope, model::forward, loader);
    }
  }
}
