package examples;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.Main;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.train.Metrics;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.StopSignal;
import io.github.maskalign.train.TargetSource;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.train.Trainer;
import io.github.maskalign.train.TrainerConfig;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.checkpoint.StudentFiles;
import io.github.maskalign.train.log.MixKeys;
import io.github.maskalign.vit.weights.ModelCard;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The main job in small: a student ViT learns from 8,000 Fashion-MNIST pictures without labels by
 * aligning its view of 30 % of the patches with a teacher's view of all, and is then judged by k-NN
 * and a linear probe on 2,000 others.
 */
@CommandLine.Command(
    name = "pretrain-tiny",
    description =
        "Pre-trains a small student on embedded pictures and prints what it learned: k-NN and"
            + " linear probe before and after, beside raw pixels and the teacher.")
public final class PretrainTiny implements Command {

  private static final int PRETRAIN_PICTURES = 8000;
  private static final Path RUNS = Path.of("runs");

  @Mixin private TinyOptions options;

  @Mixin private TinyTargets source;

  @Option(
      names = "--backend",
      description = "auto, cpu, reference or cuda (default: ${DEFAULT-VALUE}).",
      defaultValue = Backends.AUTO)
  private String backend;

  @Option(
      names = "--precision",
      description = "Of products and attention: ${COMPLETION-CANDIDATES} (default: F32).")
  private Precision precision = Precision.F32;

  @Option(names = "--threads", description = "Worker threads (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run (default: runs/pretrain-tiny-TIME).")
  private @Nullable Path out;

  @Option(
      names = "--recompute",
      description =
          "Run each block of the student again for its gradient instead of keeping what it made:"
              + " less memory, more time, the same weights.")
  private boolean recompute;

  @Option(names = "--resume", description = "Go on from the newest checkpoint in --out.")
  private boolean resume;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  /** For the service loader. */
  public PretrainTiny() {}

  /** Runs the program by itself. */
  public static void main(String[] args) {
    String[] command = new String[args.length + 1];
    command[0] = "pretrain-tiny";
    System.arraycopy(args, 0, command, 1, args.length);
    Main.main(command);
  }

  @Override
  public Integer call() {
    long start = System.nanoTime();
    TinyConfig config = options.config();
    AlignmentConfig alignment = config.alignment();
    alignment.plan(TinyModels.dimensions(), TinyModels.dimensions());
    config.requireCacheable();
    BackendOptions backendOptions =
        BackendOptions.defaults().withThreads(threads).withPrecision(precision);
    try (Backends.Choice choice = Backends.open(backend, backendOptions);
        Scope scope = Scope.root(choice.backend(), "model");
        StopSignal stop =
            StopSignal.install(() -> System.err.println("\nFinishing the step, then saving ..."))) {
      System.out.println(choice.explanation());
      RunFolder folder = folder(config);
      MemoryDataset pictures = FashionMnist.testSplit();
      MemoryDataset train = pictures.subset(0, PRETRAIN_PICTURES);
      MemoryDataset val = pictures.subset(PRETRAIN_PICTURES, pictures.size());
      System.out.printf(
          "Data: %d Fashion-MNIST pictures to pre-train on without labels, %d to evaluate%n",
          train.size(), val.size());

      ViTTeacher teacher = TinyTeacher.load(scope);
      TinyTeacher.copyTo(folder.teacher());
      System.out.println("Teacher: " + teacher.id().name());
      Parameters parameters = Parameters.initialized(scope, DType.F32, config.seed());
      MaskAlign model =
          MaskAlign.create(parameters.root(), TinyModels.student(), teacher.dimensions(), alignment)
              .withRecompute(recompute);
      System.out.printf(
          "Student: %,d parameters, sees %d of %d patches%n",
          parameters.trainableSize(), model.plan().keptPatches(), model.plan().student().patches());

      TinyReport report = new TinyReport(scope, train, val, config.seed());
      report.pixels();
      report.network("student before training", model.student());
      TeacherTargets direct = new TeacherTargets(teacher, model.plan());
      Augmentation crops = config.augmentation(TinyModels.crop(config.cropScale()));
      try (TargetSource targets = source.open(config, scope, direct, train, crops, stop)) {
        Trainer run = run(config, model, parameters, targets, train, crops, folder);
        if (resume) {
          System.out.println("Resumed after step " + run.resume());
        }
        if (!run.train(stop, quiet)) {
          System.out.printf("Stopped; go on with --resume --out %s%n", folder);
          return stop.exitStatus();
        }
      }
      Map<String, String> card = ModelCard.note(TinyModels.STATISTICS);
      StudentFiles.export(folder.weights(), parameters, teacher.id(), card);
      report.network("student after training", model.student());
      report.network("teacher", teacher.network());
      report.print();
      folder.saveScores(report.scores());
      System.out.printf(
          "Weights: %s%nLog: %s%nTime: %.0f s%n",
          folder.weights(), folder.log(), (System.nanoTime() - start) * 1e-9);
    }
    return 0;
  }

  private RunFolder folder(TinyConfig config) {
    if (out == null) {
      if (resume) {
        throw new IllegalArgumentException("--resume needs --out, the folder of the run to go on");
      }
      RunFolder folder = RunFolder.create(RUNS, "pretrain-tiny", LocalDateTime.now());
      folder.saveConfig(config);
      return folder;
    }
    RunFolder folder = RunFolder.at(out);
    if (resume) {
      config.requireSameAs(folder.config(TinyConfig.class));
    } else {
      folder.saveConfig(config);
    }
    return folder;
  }

  private static Trainer run(
      TinyConfig config,
      MaskAlign model,
      Parameters parameters,
      TargetSource targets,
      MemoryDataset train,
      Augmentation crops,
      RunFolder folder) {
    BatchSampler batches = BatchSampler.shuffled(train.size(), config.batch(), config.seed());
    CosineSchedule schedule =
        new CosineSchedule(config.lr(), config.lr() / 100, config.warmup(), config.epochs());
    Pretraining training =
        new Pretraining(
            model,
            parameters,
            targets,
            Pretraining.Recipe.released(
                schedule,
                batches.perEpoch(),
                config.weightDecay(),
                config.dropPath(),
                config.seed()));
    return new Trainer(
        "pre-train",
        training,
        new TrainerConfig(
            train,
            crops,
            batches,
            config.epochs(),
            config.accumulate(),
            TrainerConfig.Logging.every(10),
            TrainerConfig.Saving.standard()),
        folder,
        (_, _) -> Metrics.logged(MixKeys.entries(parameters, model.plan().levelIndices())));
  }
}
