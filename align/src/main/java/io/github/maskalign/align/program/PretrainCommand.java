package io.github.maskalign.align.program;

import io.github.maskalign.align.cli.Command;
import io.github.maskalign.align.settings.SettingsOptions;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code maskalign pretrain}: MaskAlign pre-training on one's own pictures. */
@CommandLine.Command(
    name = "pretrain",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Pre-trains a student on pictures without labels, by aligning its view of some patches with"
            + " a teacher's view of all.")
public final class PretrainCommand implements Command {

  private final SettingsOptions<PretrainSettings> options =
      SettingsOptions.of(PretrainSettings.class, "pretrain");

  /** For the service loader. */
  public PretrainCommand() {}

  @Spec
  void addOptions(CommandSpec command) {
    options.addTo(command);
  }

  @Override
  public Integer call() {
    PretrainSettings settings = options.resolve();
    if (options.printRequested()) {
      System.out.print(options.print());
      return 0;
    }
    try (Session session = Session.open(settings.machine())) {
      return new PretrainProgram(session, settings, options.schema()).run();
    }
  }
}
