package io.github.maskalign.cli.weights;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.RefusedOption;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.json.JsonWriter;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.LoadReport;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code maskalign inspect}: describes a weight file. */
@CommandLine.Command(
    name = "inspect",
    description =
        "Describes a weight file: format, digest, metadata, tensors, naming scheme, and the network"
            + " it contains. Reads safetensors (one file or shards), .pth of PyTorch in both"
            + " formats, and folders with one of these. Never executes code from a .pth file.")
public final class InspectCommand implements Command {

  private static final int SHOWN = 6;

  @CommandLine.Parameters(
      paramLabel = "MODEL",
      converter = ModelPath.Converter.class,
      description = "Weights: " + ModelPath.KINDS + ".")
  private ModelPath model;

  @Option(names = "--json", description = "Print the description as one JSON object.")
  private boolean json;

  @Option(names = "--summary", description = "Omit the list of tensors.")
  private boolean summary;

  @Option(
      names = "--load",
      description =
          "Load the weights into the recognized network and report matched, reshaped, missing,"
              + " mismatched and unexpected tensors.")
  private boolean load;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description =
          "Prefix of the tensor names of the network, such as model.clip_model. for the teacher in"
              + " an official MaskAlign checkpoint (default: recognized automatically).",
      defaultValue = "")
  private String prefix;

  private CommandSpec spec;

  /** For the service loader. */
  public InspectCommand() {}

  /** Called by picocli. */
  @Spec
  public void setSpec(CommandSpec spec) {
    this.spec = spec;
    RefusedOption.renamed(spec, "--below", "--prefix");
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Inspection inspection = Inspection.of(model.path(), prefix);
    if (json) {
      out.println(JsonWriter.printable(inspection));
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
        NetworkFile file = NetworkFile.open(model.path(), prefix)) {
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
