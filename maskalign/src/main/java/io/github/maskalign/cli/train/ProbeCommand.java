package io.github.maskalign.cli.train;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.ProbeSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.data.Transform;
import io.github.maskalign.data.augment.AugmentedCrop;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.train.LinearProbing;
import io.github.maskalign.train.TrainStep;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;

/**
 * {@code maskalign probe}: linear probing by the published protocol.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "probe",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Trains a linear classifier on the features of a frozen network (linear probing): batch"
            + " norm without affine parameters, a linear layer, LARS.")
public final class ProbeCommand extends SettingsCommand<ProbeSettings> {

  /** For the service loader. */
  public ProbeCommand() {
    super(ProbeSettings.class, "probe");
  }

  @Override
  public int run(ProbeSettings settings) {
    try (Session session = Session.stoppable(settings.machine(), RunStart.ON_STOP)) {
      return RunStart.run(session, () -> run(session, settings));
    }
  }

  private int run(Session session, ProbeSettings given) {
    ClassifierRun<ProbeSettings> program = new ClassifierRun<>(session, "probe", given, schema());
    ProbeSettings settings = program.settings();
    Parameters parameters = program.parameters();
    ViTConfig config = program.shape().config();
    LinearProbe model =
        LinearProbe.create(parameters.root(), config, program.pooling(), program.classes().size());
    program.load();
    Path weights = ModelPath.path(settings.start().weights());
    if (weights != null) {
      System.out.println(Printable.line(StartHead.probeLine(weights, program.images())));
    }

    Map<String, String> card =
        new ClassifierCard(head(settings), program.classes()).metadata(program.shape().stats());
    TrainStep.Options options = settings.schedule().stepOptions(program.batches().perEpoch(), null);
    LinearProbing training =
        new LinearProbing(model, parameters, options, settings.schedule().weightDecay(), card);
    RandomResizedCrop.Options crop =
        Views.crop(
            program.shape().size(), settings.pictures().cropScale(), settings.pictures().flip());
    Transform view =
        Views.training(
            new AugmentedCrop.Options(crop, true, null, null, null), program.shape().stats());
    program.prepare(
        view,
        LinearProbe.trained(parameters),
        LinearProbe.trained(parameters).stream().mapToLong(each -> each.value().size()).sum(),
        // Training would update the statistics of the batch norm.
        (tape, batch) -> tape.mean(model.forward(tape, batch.images(tape)), false, 0, 1));
    RunFolder folder = RunStart.folder(session, "probe", settings.run(), schema(), settings);
    return program.train(folder, training, view, model::forward, card);
  }

  private static ClassifierCard.Head head(ProbeSettings settings) {
    return switch (Objects.requireNonNull(settings.start().pool())) {
      case MEAN -> ClassifierCard.Head.PROBE_MEAN;
      case CLS -> ClassifierCard.Head.PROBE_CLS;
    };
  }
}
