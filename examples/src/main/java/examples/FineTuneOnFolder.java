package examples;

import io.github.maskalign.align.cli.Command;
import io.github.maskalign.align.data.Augmentation;
import io.github.maskalign.align.data.BatchLoader;
import io.github.maskalign.align.data.Batches;
import io.github.maskalign.align.data.CentreCrop;
import io.github.maskalign.align.data.Coloured;
import io.github.maskalign.align.data.Pictures;
import io.github.maskalign.align.data.RandomResizedCrop;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.align.data.sets.DataSets;
import io.github.maskalign.align.eval.ClassifierScore;
import io.github.maskalign.align.program.ClassifierCard;
import io.github.maskalign.align.train.BatchTargets;
import io.github.maskalign.align.train.FineTuning;
import io.github.maskalign.align.train.Measures;
import io.github.maskalign.align.train.RunFolder;
import io.github.maskalign.align.train.RunPlan;
import io.github.maskalign.align.train.StopSignal;
import io.github.maskalign.align.train.TrainingRun;
import io.github.maskalign.align.train.Updates.Pace;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.CentreView;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
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
 * Teaches a pre-trained network the classes of a folder: four fifths of the pictures to learn from,
 * a fifth to judge by. {@code maskalign finetune} does the same with every option there is; this is
 * the way in Java.
 */
@CommandLine.Command(
    name = "finetune-folder",
    sortOptions = false,
    description =
        "Teaches a network the classes of a folder that has a sub-folder a class, in few epochs,"
            + " and judges it by pictures that it was not shown.")
public final class FineTuneOnFolder implements Command {

  private static final int BATCH = 32;
  private static final double PEAK_RATE = 5e-4;
  private static final double LAYER_DECAY = 0.75;
  private static final double WEIGHT_DECAY = 0.05;
  private static final double DROP_PATH = 0.1;
  private static final double SMOOTHING = 0.1;
  private static final long SEED = 1;

  @CommandLine.Parameters(paramLabel = "FOLDER", description = "A sub-folder a class.")
  private Path folder;

  @Option(
      names = "--weights",
      paramLabel = "DIR|FILE",
      description = "To start from (default: the embedded tiny network).")
  private @Nullable Path weights;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Passes over the pictures (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run (default: runs/finetune-folder-TIME).")
  private @Nullable Path out;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public FineTuneOnFolder() {}

  @Override
  public Integer call() {
    Pictures all = DataSets.open(folder);
    if (!all.hasLabels()) {
      throw new IllegalArgumentException(folder + " has no classes; put each in a sub-folder");
    }
    int[] order = Philox.of(SEED).stream("split").permutation(all.size());
    int held = all.size() / 5;
    Pictures judge = all.select(Arrays.copyOf(order, held));
    Pictures learn = all.select(Arrays.copyOfRange(order, held, order.length));

    try (NetworkFile file = NetworkFile.open(weights == null ? TinyTeacher.file() : weights);
        Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "model");
        StopSignal stop = StopSignal.install()) {
      return train(new Job(file, scope, learn, judge), stop);
    }
  }

  /** What is trained, where, on what. */
  private record Job(NetworkFile file, Scope scope, Pictures learn, Pictures judge) {}

  private int train(Job job, StopSignal stop) {
    PrintWriter said = spec.commandLine().getOut();
    int classes = job.learn.classNames().size();
    ViTConfig config = job.file.config().withPositions(PositionEmbedding.LEARNED);
    ChannelStats stats = ModelCard.of(job.file).stats();
    Parameters parameters = Parameters.initialised(job.scope, DType.F32, SEED);
    Pooling pooling = config.tokens().classToken() ? Pooling.CLS : Pooling.MEAN_PATCHES;
    ViTClassifier model = ViTClassifier.create(parameters.root(), config, pooling, classes);
    load(job, parameters);
    said.printf("%,d pictures of %d classes to learn from, ", job.learn.size(), classes);
    said.printf("%,d to judge by%n", job.judge.size());

    int side = config.imageSize();
    Transform crops =
        new Coloured(
            new RandomResizedCrop(
                RandomResizedCrop.Options.preTraining(side, side).withScale(0.5, 1), stats));
    Transform middle = new Coloured(new CentreCrop(CentreView.of(side), true, stats));
    Batches batches = Batches.shuffled(job.learn.size(), BATCH, SEED);
    ClassifierCard card =
        new ClassifierCard(
            pooling == Pooling.CLS ? ClassifierCard.Head.CLS : ClassifierCard.Head.MEAN,
            job.learn.classNames());
    CosineSchedule schedule =
        new CosineSchedule(PEAK_RATE, PEAK_RATE / 100, Math.min(1, epochs / 2.0), epochs);
    FineTuning training =
        new FineTuning(
            model,
            parameters,
            new FineTuning.Recipe(
                Pace.unclipped(schedule, batches.perEpoch()),
                AdamW.Betas.USUAL,
                LAYER_DECAY,
                WEIGHT_DECAY,
                DROP_PATH,
                BatchTargets.smoothed(classes, SMOOTHING),
                SEED,
                card.metadata(stats)));
    RunPlan plan =
        new RunPlan(
            job.learn,
            Augmentation.unlimited(crops, SEED),
            batches,
            epochs,
            1,
            RunPlan.Logging.every(10),
            RunPlan.Saving.standard());
    RunFolder run =
        out == null
            ? RunFolder.create(Path.of("runs"), "finetune-folder", LocalDateTime.now())
            : RunFolder.startAt(out);
    said.println("Before: " + score(job, model, middle));
    TrainingRun running =
        new TrainingRun(
            "fine-tune",
            training,
            plan,
            run,
            (_, _) -> {
              ClassifierScore score = score(job, model, middle);
              return Measures.scored(Map.of("top1", score.top1()), score.top1());
            });
    if (!running.train(stop, quiet)) {
      said.println("Stopped; what it has learned so far is in " + run.checkpoints());
      return stop.exitStatus();
    }
    Weights.save(run.model(), parameters, card.metadata(stats));
    said.println("After:  " + score(job, model, middle));
    said.println("Weights: " + run.model());
    return 0;
  }

  /** The head starts anew: that of another training has other classes, or in another order. */
  private static void load(Job job, Parameters parameters) {
    Tensor head = parameters.get("head.weight").value();
    Tensor bias = parameters.get("head.bias").value();
    float[] anew = head.toFloats();
    job.file.load(parameters, "head.*", "fc_norm.*", "norm.*");
    try (Scope inner = job.scope.child("head")) {
      job.scope.backend().copy(inner.ops().of(anew, head.dim(0), head.dim(1)), head);
      job.scope.backend().fill(bias, 0);
    }
  }

  private static ClassifierScore score(Job job, ViTClassifier model, Transform view) {
    try (BatchLoader loader = BatchLoader.onePass(job.judge, view, BATCH)) {
      return ClassifierScore.of(job.scope, model::forward, loader);
    }
  }
}
