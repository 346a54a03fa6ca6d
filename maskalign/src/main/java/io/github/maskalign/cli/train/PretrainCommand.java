package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import picocli.CommandLine;

/**
 * {@code maskalign pretrain}: MaskAlign pre-training.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "pretrain",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Pre-trains a student on unlabeled images: aligns its features of visible patches with a"
            + " teacher's features of the whole image.")
public final class PretrainCommand extends SettingsCommand<PretrainSettings> {

  /** For the service loader. */
  public PretrainCommand() {
    super(PretrainSettings.class, "pretrain");
  }

  @Override
  public int run(PretrainSettings settings) {
    try (Session session = Session.stoppable(settings.machine(), RunStart.ON_STOP)) {
      return new PretrainRun(session, settings, schema()).run();
    }
  }
}
