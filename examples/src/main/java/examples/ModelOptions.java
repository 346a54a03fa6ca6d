package examples;

import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.MergeOption;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.embed.ClassifierOptions;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.ClipOptions;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.hub.ModelPart;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.search.ModelDigest;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.TextTowerFile;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the network that embeds images. */
final class ModelOptions {

  @Option(
      names = "--weights",
      paramLabel = "MODEL",
      converter = ModelPath.Converter.class,
      description =
          "Weights of CLIP, DINO, SigLIP or ViT of Hugging Face or timm, or of a run: a file or"
              + " folder, or hf:ORG/NAME on the Hub (default: the embedded tiny network, trained"
              + " on 28-pixel images of clothes).")
  private @Nullable ModelPath weights;

  @Mixin private final ImageOptions processing = new ImageOptions();

  @Mixin private final MergeOption merging = new MergeOption();

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  /**
   * A network that embeds images.
   *
   * @param embedder of images; that of {@code clip} if there is one
   * @param clip embeds texts into the same space; null if that was not asked for, or the network
   *     has no text tower
   * @param digest identifies the vectors
   * @param files where the weights are
   */
  record Model(Embedder embedder, @Nullable Clip clip, String digest, Path files)
      implements AutoCloseable {
    @Override
    public void close() {
      if (clip != null) {
        clip.close();
      } else {
        embedder.close();
      }
    }
  }

  /** Loads the network for images only. */
  Model open() {
    Path files = files(ModelPart.NETWORK);
    EmbedderOptions options = options(files);
    return new Model(Embedder.load(files, options), null, ModelDigest.of(files, options), files);
  }

  /**
   * Loads the network for images, and for texts if it has a tower for them.
   *
   * @param messages receives why it is for images only, if its text tower cannot be used
   */
  Model openWithTexts(PrintWriter messages) {
    Path files = files(ModelPart.NETWORK);
    if (merging.merge() > 0 || !hasTexts(files)) {
      return open();
    }
    ClipOptions options =
        ClipOptions.defaults()
            .withExecution(compute.execution())
            .withProcessing(processing())
            .withTruncation(true);
    try {
      files = files(ModelPart.NETWORK_AND_TOKENIZER);
      Clip clip = Clip.load(files, options);
      return new Model(clip.images(), clip, ModelDigest.of(files, options(files)), files);
    } catch (FormatException | HubException e) {
      messages.println("maskalign: words cannot be searched for: " + e.getMessage());
      return open();
    }
  }

  private Path files(ModelPart part) {
    return weights == null ? EmbeddedTeacher.file() : weights.path(part);
  }

  private static boolean hasTexts(Path files) {
    try (NetworkFile network = NetworkFile.open(files)) {
      return TextTowerFile.isIn(network.file());
    }
  }

  /** Images that can be compared with texts are embedded in the space into which both go. */
  private EmbedderOptions options(Path files) {
    Output output;
    try (NetworkFile network = NetworkFile.open(files)) {
      boolean projected = TextTowerFile.isIn(network.file()) && network.projection().isPresent();
      output = projected ? Output.PROJECTED : Output.POOLED;
    }
    return EmbedderOptions.defaults()
        .withOutput(output)
        .withExecution(compute.execution())
        .withProcessing(processing())
        .withMerge(merging.merge());
  }

  /** The options of its classification head. */
  ClassifierOptions classifier() {
    return ClassifierOptions.defaults()
        .withExecution(compute.execution())
        .withProcessing(processing())
        .withMerge(merging.merge());
  }

  /** What the files of its preprocessing leave open. */
  ProcessorOptions processing() {
    return processing.processing();
  }

  /** The backend that the options name, for another use of the same network. */
  ComputeOptions compute() {
    return compute;
  }
}
