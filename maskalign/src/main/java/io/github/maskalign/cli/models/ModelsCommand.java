package io.github.maskalign.cli.models;

import io.github.maskalign.cli.Command;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code maskalign models}: manages downloaded models. */
@CommandLine.Command(
    name = "models",
    description =
        "Fetches, lists, checks and removes models of the Hub, in the cache that Python's"
            + " huggingface_hub uses too.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    subcommands = {
      FetchCommand.class,
      ListModelsCommand.class,
      VerifyCommand.class,
      RemoveCommand.class
    })
public final class ModelsCommand implements Command {

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public ModelsCommand() {}

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "missing command: models fetch, models list, models verify or models remove");
  }
}
