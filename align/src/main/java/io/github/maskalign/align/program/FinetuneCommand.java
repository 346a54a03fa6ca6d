package io.github.maskalign.align.program;

import io.github.maskalign.align.data.Transform;
import io.github.maskalign.align.train.FineTuning;
import io.github.maskalign.align.train.RunFolder;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import java.util.Map;
import picocli.CommandLine;

/**
 * {@code maskalign finetune}: supervised training of a whole network.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "finetune",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Trains a network with a linear head on labelled pictures, from pre-trained weights or from"
            + " random ones.")
public final class FinetuneCommand extends SettingsCommand<FinetuneSettings> {

  /** For the service loader. */
  public FinetuneCommand() {
    super(FinetuneSettings.class, "finetune");
  }

  @Override
  int run(FinetuneSettings settings) {
    try (Session session = Session.open(settings.machine())) {
      return run(session, settings);
    }
  }

  private int run(Session session, FinetuneSettings settings) {
    ClassifierProgram program = new ClassifierProgram(session, "fine-tune", settings);
    Parameters parameters = program.parameters();
    ViTConfig config = learned(program.shape().config());
    int classes = program.classes().size();
    ViTClassifier model =
        ViTClassifier.create(parameters.root(), config, program.pooling(), classes);
    program.load();

    Map<String, String> card =
        new ClassifierCard(head(settings), program.classes()).metadata(program.shape().stats());
    FineTuning training =
        new FineTuning(model, parameters, recipe(settings, program, classes, card));
    Transform view =
        Views.training(
            settings.augment().view(program.shape().side(), settings.pictures()),
            program.shape().stats());
    RunFolder folder = RunStart.folder("finetune", settings.run(), schema(), settings);
    return program.train(folder, training, view, model::forward, card);
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
    return new FineTuning.Recipe(
        schedule.pace(program.batches().perEpoch(), optimiser.clip()),
        new AdamW.Betas(optimiser.beta1(), optimiser.beta2()),
        optimiser.layerDecay(),
        schedule.weightDecay(),
        optimiser.dropPath(),
        settings.augment().targets(classes, schedule.batch(), settings.run().seed()),
        settings.run().seed(),
        card);
  }
}
