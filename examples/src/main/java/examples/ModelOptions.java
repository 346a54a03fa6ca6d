package examples;

import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.MergeOption;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.ClipOptions;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.embed.Execution;
import io.github.maskalign.vit.hub.ModelPart;
import io.github.maskalign.vit.search.ModelDigest;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.TextTowerFile;
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

  private EmbedderOptions options() {
    return EmbedderOptions.defaults()
        .withExecution(execution())
        .withProcessing(processing.processing())
        .withMerge(merging.merge());
  }

  private Execution execution() {
    return Execution.defaults()
        .withBackend(compute.backend())
        .withThreads(compute.threads())
        .withPrecision(compute.precision());
  }

  /**
   * A network that embeds images.
   *
   * @param embedder of images; that of {@code clip} if there is one
   * @param clip embeds texts into the same space; null if the network has no text tower
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

  Model open() {
    if (weights == null) {
      return images(EmbeddedTeacher.file());
    }
    Path files = weights.path();
    boolean texts;
    boolean projected;
    try (NetworkFile network = NetworkFile.open(files)) {
      texts = merging.merge() == 0 && TextTowerFile.isIn(network.file());
      projected = network.projection().isPresent();
    }
    return texts ? pair(projected) : images(files);
  }

  private Model images(Path files) {
    String digest = ModelDigest.of(files, options());
    return new Model(Embedder.load(files, options()), null, digest, files);
  }

  /** Images and texts are compared in the space into which both are projected. */
  private Model pair(boolean projected) {
    Path files = weights.path(ModelPart.NETWORK_AND_TOKENIZER);
    ClipOptions options =
        ClipOptions.defaults()
            .withExecution(execution())
            .withProcessing(processing.processing())
            .withTruncation(true);
    Clip clip;
    try {
      clip = Clip.load(files, options);
    } catch (FormatException e) {
      System.err.println("maskalign: words cannot be searched for: " + e.getMessage());
      return images(files);
    }
    Output output = projected ? Output.PROJECTED : Output.POOLED;
    String digest = ModelDigest.of(files, options().withOutput(output));
    return new Model(clip.images(), clip, digest, files);
  }

  /** Opens the backend that the options name, for another use of the same network. */
  ComputeOptions compute() {
    return compute;
  }
}
