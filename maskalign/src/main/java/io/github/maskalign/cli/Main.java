package io.github.maskalign.cli;

import java.io.PrintWriter;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The root command. Exit status: 0 for success; 1 for a negative result, such as a failed check, or
 * a bug; 2 for an error that the user can fix (usage, a file, a shape, a device), reported in one
 * line.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "maskalign",
    description = "Trains and serves Vision Transformers on the JVM.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = "%nRun 'maskalign COMMAND --help' for the options of a command.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT)
public final class Main implements Runnable {
  @Option(
      names = "--stacktrace",
      description = "Print the stack trace of an error (also: MASKALIGN_STACKTRACE=1).",
      defaultValue = "${env:MASKALIGN_STACKTRACE:-false}",
      scope = ScopeType.INHERIT)
  private boolean stackTrace;

  @Spec private CommandSpec spec;

  private Main() {}

  /**
   * Runs one command and ends the process with its exit status; if need be in a second JVM with the
   * options that it needs to be fast.
   */
  public static void main(String[] args) {
    Restart.ifNeeded(Main.class, args);
    var commands = ServiceLoader.load(Command.class);
    System.exit(
        run(commands, new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
  }

  static int run(Iterable<Command> commands, PrintWriter out, PrintWriter err, String... args) {
    var main = new Main();
    var root = new CommandLine(main);
    byName(commands).forEach(root::addSubcommand);
    // Subcommands inherit only what is set after they were added.
    root.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
    root.setParameterExceptionHandler(Failures::usage);
    root.setExecutionExceptionHandler(
        (failure, command, _) -> Failures.execution(failure, command, main.stackTrace));
    return root.execute(args);
  }

  private static Stream<CommandLine> byName(Iterable<Command> commands) {
    return StreamSupport.stream(commands.spliterator(), false)
        .map(CommandLine::new)
        .sorted((a, b) -> a.getCommandName().compareTo(b.getCommandName()));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
