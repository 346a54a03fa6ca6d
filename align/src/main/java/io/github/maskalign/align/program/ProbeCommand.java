package io.github.maskalign.align.program;

import io.github.maskalign.align.cli.Command;
import io.github.maskalign.align.data.RandomResizedCrop;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.align.data.augment.AugmentedCrop;
import io.github.maskalign.align.settings.SettingsOptions;
import io.github.maskalign.align.train.Probing;
import io.github.maskalign.align.train.RunFolder;
import io.github.maskalign.align.train.Updates;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.vit.ProbedViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.Weights;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code maskalign probe}: a linear classifier on a frozen network, by the published protocol. */
@CommandLine.Command(
    name = "probe",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Trains a linear classifier on a frozen network: batch norm without scale and shift, a"
            + " linear layer, LARS.")
public final class ProbeCommand implements Command {

  private final SettingsOptions<ProbeSettings> options =
      SettingsOptions.of(ProbeSettings.class, "probe");

  /** For the service loader. */
  public ProbeCommand() {}

  @Spec
  void addOptions(CommandSpec command) {
    options.addTo(command);
  }

  @Override
  public Integer call() {
    ProbeSettings settings = options.resolve();
    if (options.printRequested()) {
      System.out.print(options.print());
      return 0;
    }
    try (Session session = Session.open(settings.machine())) {
      return run(session, settings);
    }
  }

  private int run(Session session, ProbeSettings settings) {
    ClassifierProgram program =
        new ClassifierProgram(
            session,
            "probe",
            settings.pictures(),
            settings.loading().loading(),
            settings.network(),
            settings.start(),
            settings.schedule(),
            settings.run());
    Parameters parameters =
        Parameters.initialised(session.scope(), DType.F32, settings.run().seed());
    ViTConfig config = program.shape().config();
    ProbedViT model =
        ProbedViT.create(
            parameters.root(),
            config,
            ClassifierProgram.pooling(settings.start()),
            program.classes().size());
    ClassifierProgram.load(settings.start().weights(), parameters);

    RunFolder folder = RunStart.folder("probe", settings.run(), options.schema(), settings);
    Map<String, String> card =
        new ClassifierCard(head(settings), program.classes()).metadata(program.shape().stats());
    Updates.Pace pace =
        Updates.Pace.unclipped(settings.schedule().rates(), program.batches().perEpoch());
    Probing training =
        new Probing(model, parameters, pace, settings.schedule().weightDecay(), card);
    RandomResizedCrop.Options crop =
        Views.crop(
            program.shape().side(), settings.pictures().cropScale(), settings.pictures().flip());
    Transform view =
        Views.training(
            new AugmentedCrop.Options(crop, true, null, null, null), program.shape().stats());
    int status = program.train(folder, training, view, model::forward, session.scope());
    if (status == 0) {
      Weights.save(folder.model(), parameters, card);
      System.out.printf("Weights: %s%nLog: %s%n", folder.model(), folder.log());
    }
    return status;
  }

  private static ClassifierCard.Head head(ProbeSettings settings) {
    return switch (settings.start().pool()) {
      case MEAN -> ClassifierCard.Head.PROBE_MEAN;
      case CLS -> ClassifierCard.Head.PROBE_CLS;
    };
  }
}
