package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import picocli.CommandLine;

/**
 * {@code maskalign pretrain}: MaskAlign pre-training on one's own pictures.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "pretrain",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Pre-trains a student on pictures without labels, by aligning its view of some patches with"
            + " a teacher's view of all.")
public final class PretrainCommand extends SettingsCommand<PretrainSettings> {

  /** For the service loader. */
  public PretrainCommand() {
    super(PretrainSettings.class, "pretrain");
  }

  @Override
  public int run(PretrainSettings settings) {
    try (Session session = Session.open(settings.machine())) {
      return new PretrainProgram(session, settings, schema()).run();
    }
  }
}
