package io.github.maskalign.align.program;

import io.github.maskalign.align.cli.Command;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.align.settings.SettingsOptions;
import io.github.maskalign.align.train.FineTuning;
import io.github.maskalign.align.train.RunFolder;
import io.github.maskalign.align.train.Updates;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.Weights;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code maskalign finetune}: supervised training of a whole network. */
@CommandLine.Command(
    name = "finetune",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Trains a network with a linear head on labelled pictures, from pre-trained weights or from"
            + " random ones.")
public final class FinetuneCommand implements Command {

  private static final double ADAM_EPS = 1e-8;

  private final SettingsOptions<FinetuneSettings> options =
      SettingsOptions.of(FinetuneSettings.class, "finetune");

  /** For the service loader. */
  public FinetuneCommand() {}

  @Spec
  void addOptions(CommandSpec command) {
    options.addTo(command);
  }

  @Override
  public Integer call() {
    FinetuneSettings settings = options.resolve();
    if (options.printRequested()) {
      System.out.print(options.print());
      return 0;
    }
    try (Session session = Session.open(settings.machine())) {
      return run(session, settings);
    }
  }

  private int run(Session session, FinetuneSettings settings) {
    ClassifierProgram program =
        new ClassifierProgram(
            session,
            "fine-tune",
            settings.pictures(),
            settings.loading().loading(),
            settings.network(),
            settings.start(),
            settings.schedule(),
            settings.run());
    Parameters parameters =
        Parameters.initialised(session.scope(), DType.F32, settings.run().seed());
    ViTConfig config = learned(program.shape().config());
    int classes = program.classes().size();
    ViTClassifier model =
        ViTClassifier.create(
            parameters.root(), config, ClassifierProgram.pooling(settings.start()), classes);
    ClassifierProgram.load(settings.start().weights(), parameters);

    Map<String, String> card =
        new ClassifierCard(head(settings), program.classes()).metadata(program.shape().stats());
    FineTuning training =
        new FineTuning(model, parameters, recipe(settings, program, classes, card));
    Transform view =
        Views.training(
            settings.augment().view(program.shape().side(), settings.pictures()),
            program.shape().stats());
    RunFolder folder = RunStart.folder("finetune", settings.run(), options.schema(), settings);
    int status = program.train(folder, training, view, model::forward, session.scope());
    if (status == 0) {
      Weights.save(folder.model(), parameters, card);
      System.out.printf("Weights: %s%nLog: %s%n", folder.model(), folder.log());
    }
    return status;
  }

  /** Fine-tuning trains the positions too. */
  private static ViTConfig learned(ViTConfig config) {
    return config.tokens().positions() == PositionEmbedding.SINCOS
        ? config.withPositions(PositionEmbedding.LEARNED)
        : config;
  }

  private static ClassifierCard.Head head(FinetuneSettings settings) {
    return switch (settings.start().pool()) {
      case MEAN -> ClassifierCard.Head.MEAN;
      case CLS -> ClassifierCard.Head.CLS;
    };
  }

  private static FineTuning.Recipe recipe(
      FinetuneSettings settings, ClassifierProgram program, int classes, Map<String, String> card) {
    Schedule schedule = settings.schedule();
    FinetuneSettings.Optimiser optimiser = settings.optimiser();
    Double clip = optimiser.clip();
    return new FineTuning.Recipe(
        new Updates.Pace(
            schedule.rates(),
            program.batches().perEpoch(),
            clip == null ? Double.POSITIVE_INFINITY : clip),
        new AdamW.Betas(optimiser.beta1(), optimiser.beta2(), ADAM_EPS),
        optimiser.layerDecay(),
        schedule.weightDecay(),
        optimiser.dropPath(),
        settings.augment().targets(classes, schedule.batch(), settings.run().seed()),
        settings.run().seed(),
        card);
  }
}
