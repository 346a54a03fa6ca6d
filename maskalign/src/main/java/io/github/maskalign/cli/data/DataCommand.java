package io.github.maskalign.cli.data;

import io.github.maskalign.cli.Command;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code maskalign data}: inspects and benchmarks data sets. */
@CommandLine.Command(
    name = "data",
    description = "Inspects and benchmarks data sets.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    subcommands = {CheckCommand.class, SpeedCommand.class})
public final class DataCommand implements Command {

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public DataCommand() {}

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "missing command: data check or data speed");
  }
}
