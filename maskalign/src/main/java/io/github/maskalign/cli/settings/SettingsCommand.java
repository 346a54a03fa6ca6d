package io.github.maskalign.cli.settings;

import io.github.maskalign.cli.Command;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A program that is told all by settings: its options, files and recipes.
 *
 * @param <R> the record of its settings
 */
public abstract class SettingsCommand<R extends Record> implements Command {

  private final SettingsOptions<R> options;

  /** A program whose section of a recipe counts. */
  public SettingsCommand(Class<R> type, String program) {
    this(SettingsOptions.of(type, program));
  }

  /** A program with these options. */
  protected SettingsCommand(SettingsOptions<R> options) {
    this.options = options;
  }

  @Spec
  public void addOptions(CommandSpec command) {
    options.addTo(command);
  }

  /** The settings themselves. */
  public final SettingsSchema<R> schema() {
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
  public abstract int run(R settings) throws IOException;
}
