package io.github.maskalign.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every command and option of this module describes itself in full sentences. */
class HelpTest {

  private static final List<String> COMMANDS =
      List.of(
          "attention",
          "bench",
          "classify",
          "compare",
          "data",
          "data check",
          "data speed",
          "eval",
          "export",
          "features",
          "finetune",
          "inspect",
          "knn",
          "mask",
          "models",
          "models fetch",
          "models list",
          "models remove",
          "models verify",
          "patches",
          "predict",
          "pretrain",
          "probe",
          "report",
          "runs",
          "runs list",
          "runtime-image");

  static Stream<CommandSpec> commands() {
    return ServiceLoader.load(Command.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(command -> command.getClass().getModule() == Main.class.getModule())
        .filter(command -> command.getClass().getPackageName().startsWith(packageName()))
        .map(command -> new CommandLine(command).getCommandSpec())
        .flatMap(
            spec ->
                Stream.concat(
                    Stream.of(spec),
                    spec.subcommands().values().stream().map(CommandLine::getCommandSpec)));
  }

  private static String packageName() {
    return Main.class.getPackageName() + ".";
  }

  @Test
  void theCommandsAreThese() {
    assertEquals(COMMANDS, commands().map(CommandSpec::qualifiedName).sorted().toList());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void textsAreSentencesWithTheirDefaults(CommandSpec command) {
    List<String> wrong = new ArrayList<>();
    require(wrong, "description", String.join(" ", command.usageMessage().description()));
    for (ArgSpec argument : command.args()) {
      if (!argument.hidden()) {
        String name =
            argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        require(wrong, name, String.join(" ", argument.description()));
      }
    }
    assertEquals(List.of(), wrong, command.qualifiedName());
    String help = command.commandLine().getUsageMessage().replaceAll("\\s+", " ");
    for (String leak : List.of("(default: none)", "null", "${", "%%", "WORD")) {
      assertFalse(help.contains(leak), () -> leak + " in " + help);
    }
  }

  private static void require(List<String> wrong, String name, String text) {
    if (!text.matches("(?s)\\p{Lu}.*\\.") || text.contains("..")) {
      wrong.add(name + ": " + text);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void formerOptionsAreNotListed(CommandSpec command) {
    String help = command.commandLine().getUsageMessage();
    for (String former : List.of("--grey", "--below ", "--into", "--clip ", "--start ")) {
      assertFalse(help.contains(former), () -> former + " in " + help);
    }
    assertTrue(help.startsWith("Usage: " + command.qualifiedName()), help);
  }
}
