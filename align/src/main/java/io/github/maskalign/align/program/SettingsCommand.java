package io.github.maskalign.align.program;

import io.github.maskalign.align.cli.Command;
import io.github.maskalign.align.settings.SettingsOptions;
import io.github.maskalign.align.settings.SettingsSchema;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A program that is told all by settings: its options, files and recipes.
 *
 * @param <R> the record of its settings
 */
abstract class SettingsCommand<R extends Record> implements Command {

  private final SettingsOptions<R> options;

  /** A program whose section of a recipe counts. */
  SettingsCommand(Class<R> type, String program) {
    this.options = SettingsOptions.of(type, program);
  }

  @Spec
  void addOptions(CommandSpec command) {
    options.addTo(command);
  }

  /** The settings themselves. */
  final SettingsSchema<R> schema() {
    return options.schema();
  }

  @Override
  public final Integer call() throws IOException {
    R settings = options.resolve();
    if (options.printRequested()) {
      System.out.print(options.print());
      return 0;
    }
    return run(settings);
  }

  /** The exit status. */
  abstract int run(R settings) throws IOException;
}
