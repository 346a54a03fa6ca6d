package io.github.maskalign.cli.weights;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.RefusedOption;
import io.github.maskalign.config.Choice;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.export.ExportNotes;
import io.github.maskalign.vit.export.HfExport;
import io.github.maskalign.vit.export.OnnxExport;
import io.github.maskalign.vit.export.SavedNetwork;
import io.github.maskalign.vit.export.TimmExport;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code maskalign export}: writes a network for other programs. */
@CommandLine.Command(
    name = "export",
    description =
        "Exports a network. hf: a folder with model.safetensors, config.json and"
            + " preprocessor_config.json for transformers' AutoModel and"
            + " AutoModelForImageClassification. timm: a folder with model.safetensors, in timm's"
            + " names, and config.json. onnx: one file of opset 17 that maps images [B, C, H, W] to logits,"
            + " or, without a classifier head, to normalized tokens [B, T, D] and pooled features"
            + " [B, D]. Input pixels must be normalized as for the network.")
public final class ExportCommand implements Command {

  /** Output format. */
  enum Format implements Choice {
    HF("hf", "a folder that transformers loads with AutoModel"),
    TIMM("timm", "a folder that timm loads"),
    ONNX("onnx", "a file that ONNX Runtime and others run");

    private final String word;
    private final String description;

    Format(String word, String description) {
      this.word = word;
      this.description = description;
    }

    @Override
    public List<String> words() {
      return List.of(word);
    }

    @Override
    public String description() {
      return description;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  @CommandLine.Parameters(
      paramLabel = "MODEL",
      converter = ModelPath.Converter.class,
      description = "Network that inspect recognizes: " + ModelPath.KINDS + ".")
  private ModelPath model;

  @Option(
      names = "--format",
      required = true,
      description = "Output format: ${COMPLETION-CANDIDATES} (required).",
      paramLabel = "FORMAT")
  private Format format;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "PATH",
      description = "Folder (hf, timm) or file (onnx) to write (required).")
  private Path output;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Batch size of the ONNX model; 0 for any (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private int batch;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description =
          "Prefix of the tensor names of the network (default: recognized automatically).",
      defaultValue = "")
  private String prefix;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description =
          "Number of attention heads, for weights without a configuration (default: one per 64"
              + " channels).")
  private @Nullable Integer heads;

  private CommandSpec spec;

  /** For the service loader. */
  public ExportCommand() {}

  /** Called by picocli. */
  @Spec
  public void setSpec(CommandSpec spec) {
    this.spec = spec;
    RefusedOption.renamed(spec, "--below", "--prefix");
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "export");
        NetworkFile file = NetworkFile.open(model.path(), prefix)) {
      NetworkFile sized = sized(shaped(file));
      SavedNetwork network = SavedNetwork.load(scope, sized);
      out.println("weights " + file.file().location(model.path()));
      out.println(NetworkDescription.of(network.config()));
      out.println("configuration from " + file.origin().description());
      network.report().lines(4).forEach(out::println);
      ExportNotes notes = ExportNotes.of(sized, card(sized));
      switch (format) {
        case HF -> HfExport.write(output, network, notes);
        case TIMM -> TimmExport.write(output, network, notes);
        case ONNX ->
            OnnxExport.write(
                output,
                network.config(),
                network.parameters(),
                new OnnxExport.Options(
                    batch, network.classes(), network.config().output().pooling()),
                notes);
      }
      out.println("wrote " + output);
      if (format == Format.HF && resizesWithPillow(notes)) {
        out.println(
            "transformers resizes with torchvision, where about 1 % of the pixels differ by one"
                + " level; AutoImageProcessor.from_pretrained(..., backend=\"pil\") resizes with Pillow");
      }
    }
    return 0;
  }

  private NetworkFile shaped(NetworkFile file) {
    if (heads == null) {
      return file;
    }
    if (file.configSource() != NetworkFile.ConfigSource.SHAPES) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--heads: not applicable, "
              + file.origin().description()
              + " specifies the number of heads");
    }
    return file.withConfig(file.config().withHeads(heads));
  }

  private static boolean resizesWithPillow(ExportNotes notes) {
    return notes.preprocessing().sampling().arithmetic() == Arithmetic.PILLOW;
  }

  /** ONNX has one input size, that of the preprocessing. */
  private NetworkFile sized(NetworkFile file) {
    return format == Format.ONNX ? file.withImageSize(PretrainedViT.imageSize(file)) : file;
  }

  private ModelCard card(NetworkFile file) {
    ModelCard stated = ModelCard.of(file);
    ModelCard card = format == Format.ONNX ? stated.withSize(file.config().imageSize()) : stated;
    card.notes().forEach(spec.commandLine().getOut()::println);
    return card;
  }
}
