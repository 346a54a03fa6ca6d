package io.github.maskalign.cli;

import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Options that a command no longer has, or lacks: not listed, and refused with what to use. */
public final class RefusedOption {

  private RefusedOption() {}

  /**
   * Adds the former name of an option to a command.
   *
   * @param former name, with dashes
   * @param now the present name, with dashes
   */
  public static void renamed(CommandSpec command, String former, String now) {
    add(command, former, _ -> former + " is now " + now);
  }

  /**
   * Adds an option, with or without a value, that is always refused.
   *
   * @param name with dashes
   * @param message for the value; empty if there is none
   */
  public static void add(CommandSpec command, String name, UnaryOperator<String> message) {
    command.addOption(
        OptionSpec.builder(name)
            .type(String.class)
            .arity("0..1")
            .fallbackValue("")
            .hidden(true)
            .setter(
                new ISetter() {
                  @Override
                  public <T> T set(T value) {
                    if (value != null) {
                      throw new ParameterException(
                          command.commandLine(), message.apply((String) value));
                    }
                    return value;
                  }
                })
            .build());
  }
}
