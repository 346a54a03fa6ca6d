package io.github.maskalign.cli.catalog;

import io.github.maskalign.cli.Command;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code maskalign runs}: looks after the folders of runs. */
@CommandLine.Command(
    name = "runs",
    description = "Lists runs.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    subcommands = ListCommand.class)
public final class RunsCommand implements Command {

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public RunsCommand() {}

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "missing command: runs list");
  }
}
