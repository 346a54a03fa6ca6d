package io.github.maskalign.cli;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.MappedFile;
import io.github.maskalign.vit.hub.access.EnvironmentProxies;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
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
   * Runs one command and exits with its status. Starts Java again if the options that make the
   * program fast are missing.
   */
  public static void main(String[] args) {
    String advice = Arguments.advice(args, System.getProperty("sun.jnu.encoding", "UTF-8"));
    if (!advice.isEmpty() && !Restart.isSecond()) {
      System.err.println("maskalign: " + advice);
    }
    Restart.ifNeeded(Main.class, args);
    SafeOutput.protectStandardStreams();
    // Java would not send the password of HTTPS_PROXY.
    System.getProperties().putIfAbsent(EnvironmentProxies.DISABLED_SCHEMES, "");
    boolean traces = "1".equals(System.getenv("MASKALIGN_STACKTRACE"));
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> Failures.uncaught(thread, failure, System.err, traces));
    var commands = ServiceLoader.load(Command.class);
    System.exit(
        run(commands, new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
  }

  /** An empty path, often an unset variable of a shell, would be the current folder. */
  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new CommandLine.TypeConversionException("the path is empty");
    }
    return Path.of(text);
  }

  static int run(Iterable<Command> commands, PrintWriter out, PrintWriter err, String... args) {
    var main = new Main();
    var root = new CommandLine(main);
    byName(commands).forEach(root::addSubcommand);
    addFooters(root);
    root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, Main::commandList);
    // Subcommands inherit only what is set after they were added.
    root.registerConverter(Path.class, Main::path);
    root.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
    root.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF)); // SafeOutput escapes colors
    root.setParameterExceptionHandler(Failures::usage);
    root.setExecutionExceptionHandler(
        (failure, command, _) -> Failures.execution(failure, command, main.stackTrace));
    try {
      return root.execute(args);
    } catch (OutOfMemoryError e) {
      return Failures.execution(e, root, main.stackTrace);
    } catch (InternalError e) {
      FormatException truncated = MappedFile.truncation(e).orElseThrow(() -> e);
      return Failures.execution(truncated, root, main.stackTrace);
    }
  }

  /** Those that have commands tell how to get the help of each. */
  private static void addFooters(CommandLine command) {
    if (!command.getSubcommands().isEmpty()) {
      CommandSpec spec = command.getCommandSpec();
      spec.usageMessage()
          .footer(
              "%nRun '" + spec.qualifiedName() + " COMMAND --help' for the options of a command.");
      command.getSubcommands().values().forEach(Main::addFooters);
    }
  }

  private static Stream<CommandLine> byName(Iterable<Command> commands) {
    return StreamSupport.stream(commands.spliterator(), false)
        .map(CommandLine::new)
        .sorted((a, b) -> a.getCommandName().compareTo(b.getCommandName()));
  }

  /** One line per command; its own help has the full description. */
  private static String commandList(Help help) {
    int width = help.subcommands().keySet().stream().mapToInt(String::length).max().orElse(0) + 4;
    int rest = help.commandSpec().usageMessage().width() - width;
    TextTable table =
        TextTable.forColumns(
            help.colorScheme(),
            new Column(width, 2, Column.Overflow.SPAN),
            new Column(rest, 0, Column.Overflow.WRAP));
    help.subcommands().forEach((name, command) -> table.addRowValues(name, summary(command)));
    return table.toString();
  }

  /** The description up to its first colon or period. */
  private static String summary(Help command) {
    String text =
        String.format(String.join(" ", command.commandSpec().usageMessage().description()));
    return text.split("[:.](?= |$)", 2)[0] + ".";
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
