package io.github.maskalign.cli.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.Command;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.LoadReport;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code maskalign inspect}: what a weight file holds. */
@CommandLine.Command(
    name = "inspect",
    description =
        "Tells what a weight file holds: its kind, digest, notes and tensors, whose names they are,"
            + " and the network that it recognizes. Reads safetensors (one file or shards), .pth of"
            + " torch in both formats, and folders with one of these; nothing in a .pth is run.")
public final class InspectCommand implements Command {

  private static final int SHOWN = 6;

  @CommandLine.Parameters(paramLabel = "FILE|FOLDER", description = "What to look into.")
  private Path path;

  @Option(names = "--json", description = "Print all as one JSON object.")
  private boolean json;

  @Option(names = "--summary", description = "Leave out the list of tensors.")
  private boolean summary;

  @Option(
      names = "--load",
      description =
          "Load the weights into the network that was recognized, and print the report: tensors"
              + " matched, reshaped, missing, of another shape, unexpected.")
  private boolean load;

  @Option(
      names = "--below",
      paramLabel = "PREFIX",
      description =
          "Look for the network among names that start so, such as model.clip_model. for the"
              + " teacher in an official MaskAlign checkpoint.",
      defaultValue = "")
  private String below;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public InspectCommand() {}

  @Override
  public Integer call() throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    Inspection inspection = Inspection.of(path, below);
    if (json) {
      out.println(
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(inspection));
    } else {
      inspection.lines(!summary).forEach(out::println);
    }
    if (load) {
      report().lines(SHOWN).forEach(out::println);
    }
    return 0;
  }

  private LoadReport report() {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "inspect");
        NetworkFile file = NetworkFile.open(path, below)) {
      Parameters parameters = Parameters.uninitialized(scope, DType.F32);
      ViT.create(parameters.root(), file.config());
      LoadOptions options =
          LoadOptions.lenient()
              .withNames(file.names())
              .withPrefixTokens(file.config().tokens().positionedPrefix());
      return Weights.load(file.weights(), parameters, options);
    }
  }
}
