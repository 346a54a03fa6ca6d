package io.github.maskalign.cli.train;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.FinetuneSettings;
import io.github.maskalign.cli.settings.groups.ScheduleSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.data.Transform;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.train.FineTuning;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import java.util.Map;
import picocli.CommandLine;

/**
 * {@code maskalign finetune}: supervised training of the whole network.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "finetune",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Fine-tunes a network with a linear head on labeled images, from pre-trained or random"
            + " weights.")
public final class FinetuneCommand extends SettingsCommand<FinetuneSettings> {

  /** For the service loader. */
  public FinetuneCommand() {
    super(FinetuneSettings.class, "finetune");
  }

  @Override
  public int run(FinetuneSettings settings) {
    try (Session session = Session.stoppable(settings.machine(), RunStart.ON_STOP)) {
      return RunStart.run(session, () -> run(session, settings));
    }
  }

  private int run(Session session, FinetuneSettings given) {
    ClassifierRun<FinetuneSettings> program =
        new ClassifierRun<>(session, "finetune", given, schema());
    FinetuneSettings settings = program.settings();
    Parameters parameters = program.parameters();
    ViTConfig config = learned(program.shape().config());
    int classes = program.classes().size();
    StartHead head =
        StartHead.of(
            settings.first().head(), settings.start(), program.pooling(), program.images());
    ViTClassifier model =
        ViTClassifier.create(parameters.root(), config.withOutput(head.output()), classes);
    program.load();
    head.load(parameters);
    System.out.println(Printable.line(head.line()));

    Map<String, String> card =
        new ClassifierCard(head(head.output()), program.classes())
            .metadata(program.shape().stats());
    FineTuning training =
        new FineTuning(model, parameters, recipe(settings, program, classes, card));
    Transform view =
        Views.training(
            settings.augment().view(program.shape().size(), settings.pictures()),
            program.shape().stats());
    program.prepare(view, parameters.trainable(), 2 * parameters.trainableSize(), training::loss);
    RunFolder folder = RunStart.folder(session, "finetune", settings.run(), schema(), settings);
    return program.train(folder, training, view, model::forward, card);
  }

  /** Fine-tuning also trains the position embeddings. */
  private static ViTConfig learned(ViTConfig config) {
    return config.tokens().positions() == PositionEmbedding.SINCOS
        ? config.withPositions(PositionEmbedding.LEARNED)
        : config;
  }

  private static ClassifierCard.Head head(OutputConfig output) {
    if (output.equals(OutputConfig.of(Pooling.CLASS_TOKEN))) {
      return ClassifierCard.Head.CLS;
    }
    return output.equals(OutputConfig.of(Pooling.MEAN_PATCHES))
        ? ClassifierCard.Head.MEAN
        : ClassifierCard.Head.LINEAR;
  }

  private static FineTuning.Recipe recipe(
      FinetuneSettings settings,
      ClassifierRun<FinetuneSettings> program,
      int classes,
      Map<String, String> card) {
    ScheduleSettings schedule = settings.schedule();
    FinetuneSettings.Optimizer optimizer = settings.optimizer();
    return new FineTuning.Recipe(
        schedule.stepOptions(program.batches().perEpoch(), optimizer.clipGrad()),
        new AdamW.Betas(optimizer.beta1(), optimizer.beta2()),
        optimizer.layerDecay(),
        schedule.weightDecay(),
        optimizer.dropPath(),
        settings.augment().targets(classes, schedule.batch(), settings.run().seed()),
        settings.run().seed(),
        card);
  }
}
