package io.github.maskalign.vectors;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.io.Glob;
import io.github.maskalign.vectors.rounding.RoundingErrors;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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
        "Verifies a backend against the reference data in a folder. Prints one line per case: worst"
            + " error, tolerance, pass or fail. Exit status 1 if any case failed. In another precision"
            + " than F32, tolerances include what rounding the factors of products changes.")
public final class VerifyVectorsCommand implements Command {

  @Parameters(paramLabel = "DIR", description = "Folder laid out like test-vectors.")
  private Path folder;

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  @Option(
      names = "--case",
      paramLabel = "GLOB",
      description =
          "Run only the cases whose names match; * matches any text, ? one character (default:"
              + " all).",
      defaultValue = "*")
  private String glob;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public VerifyVectorsCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Precision precision = compute.precision();
    try (Backends.Choice choice = compute.open();
        RoundingErrors rounding =
            precision == Precision.F32 ? null : new RoundingErrors(precision)) {
      out.println(choice.explanation());
      Predicate<String> wanted = Glob.of(glob);
      VectorRunner.Summary summary =
          new VectorRunner(folder, choice.backend(), rounding)
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
