package io.github.maskalign.vectors;

import io.github.maskalign.cli.Command;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.io.Glob;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code maskalign verify-vectors DIR}: verifies a backend against reference data.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "verify-vectors",
    description =
        "Verifies a backend against the reference data of a folder. Prints one line per case: "
            + "worst error, tolerance, pass or fail. Exit status 1 if any case failed.")
public final class VerifyVectorsCommand implements Command {

  @Parameters(paramLabel = "DIR", description = "Folder with the layout of test-vectors.")
  private Path folder;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Backend: auto, reference, cpu or cuda (default: ${DEFAULT-VALUE}).",
      defaultValue = Backends.AUTO)
  private String backend;

  @Option(
      names = "--case",
      paramLabel = "GLOB",
      description = "Run only matching cases: * matches any text, ? one character.",
      defaultValue = "*")
  private String glob;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public VerifyVectorsCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Backends.Choice choice = Backends.open(backend, BackendOptions.defaults())) {
      out.println(choice.explanation());
      Predicate<String> wanted = Glob.of(glob);
      VectorRunner.Summary summary =
          new VectorRunner(folder, choice.backend())
              .run(
                  wanted::test,
                  line -> {
                    out.println(line);
                    out.flush();
                  });
      return summary.failed() == 0 ? 0 : 1;
    }
  }
}
