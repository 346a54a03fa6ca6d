package io.github.maskalign.cli.settings;

import io.github.maskalign.cli.Command;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A command that is configured by settings: options, files and recipes.
 *
 * @param <R> the record of settings
 */
public abstract class SettingsCommand<R extends Record> implements Command {

  private final SettingsOptions<R> options;

  /** A command with these settings; a recipe's section of its name applies. */
  public SettingsCommand(Class<R> type, String command) {
    this(SettingsOptions.of(type, command));
  }

  /** A command with these options. */
  protected SettingsCommand(SettingsOptions<R> options) {
    this.options = options;
  }

  /** Called by picocli. */
  @Spec
  public void addOptions(CommandSpec command) {
    options.addTo(command);
  }

  /** The settings. */
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

  /** Runs the command and returns its exit status. */
  public abstract int run(R settings) throws IOException;
}
