package io.github.maskalign.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Options that were renamed: not listed, and rejected with the present name. */
public final class FormerOption {

  private FormerOption() {}

  /**
   * Adds the former name of an option to a command.
   *
   * @param former name, with dashes
   * @param now the present name, with dashes
   */
  public static void add(CommandSpec command, String former, String now) {
    command.addOption(
        OptionSpec.builder(former)
            .type(String.class)
            .arity("0..1")
            .fallbackValue("true")
            .hidden(true)
            .setter(
                new ISetter() {
                  @Override
                  public <T> T set(T value) {
                    if (value != null) {
                      throw new ParameterException(
                          command.commandLine(), former + " is now " + now);
                    }
                    return value;
                  }
                })
            .build());
  }
}
