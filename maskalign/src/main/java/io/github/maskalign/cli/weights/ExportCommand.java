package io.github.maskalign.cli.weights;

import io.github.maskalign.cli.Command;
import io.github.maskalign.config.Choice;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.export.OnnxExport;
import io.github.maskalign.vit.export.TimmExport;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.SavedNetwork;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code maskalign export}: a network for other programs. */
@CommandLine.Command(
    name = "export",
    description =
        "Writes a network for other programs. timm: a folder of model.safetensors, with timm's"
            + " names, and config.json. onnx: one file of opset 17, images [B, C, H, W] to logits"
            + " if there is a classifier's head, else to tokens [B, T, D] after the final norm and"
            + " pooled [B, D]. Pixels are to be normalized as for the network.")
public final class ExportCommand implements Command {

  /** What to write. */
  enum Format implements Choice {
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
      description = "A weight file or folder that inspect recognizes as a network.")
  private Path model;

  @Option(
      names = "--format",
      required = true,
      description = "${COMPLETION-CANDIDATES}.",
      paramLabel = "FORMAT")
  private Format format;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "PATH",
      description = "The folder (timm) or file (onnx) to write.")
  private Path output;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "onnx: pictures at once, 0 for any number (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private int batch;

  @Option(
      names = "--below",
      paramLabel = "PREFIX",
      description = "Take the network among names that start so.",
      defaultValue = "")
  private String below;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description = "Attention heads, where nothing but the weights tells the network's shape.")
  private @Nullable Integer heads;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public ExportCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "export");
        NetworkFile file = NetworkFile.open(model, below)) {
      SavedNetwork network = SavedNetwork.load(scope, shaped(file));
      out.println(NetworkDescription.of(network.config()));
      out.println("told by " + file.configSource().description());
      network.report().lines(4).forEach(out::println);
      ModelCard card = ModelCard.of(file);
      Map<String, String> notes = new LinkedHashMap<>(file.file().metadata());
      notes.remove("format");
      notes.remove("vit");
      switch (format) {
        case TIMM -> timm(network, card.stats(), notes);
        case ONNX ->
            OnnxExport.write(
                output,
                network.config(),
                network.parameters(),
                new OnnxExport.Options(batch, network.classes(), network.pooling()),
                notes);
      }
      out.println("wrote " + output);
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
          "--heads: " + file.configSource().description() + " tells the heads already");
    }
    return file.withConfig(file.config().withHeads(heads));
  }

  private void timm(SavedNetwork network, ChannelStats stats, Map<String, String> notes) {
    TimmExport.write(output, network, stats, notes);
  }
}
