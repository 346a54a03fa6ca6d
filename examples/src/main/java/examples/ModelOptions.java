package examples;

import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.MergeOption;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.search.ModelDigest;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the network that embeds images. */
final class ModelOptions {

  @Option(
      names = "--weights",
      paramLabel = "DIR|FILE",
      description =
          "Weights of CLIP, DINO, SigLIP or ViT of Hugging Face or timm, or of a run (default: the"
              + " embedded tiny network, trained on 28-pixel images of clothes).")
  private @Nullable Path weights;

  @Mixin private final ImageOptions processing = new ImageOptions();

  @Mixin private final MergeOption merging = new MergeOption();

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  private EmbedderOptions options() {
    return EmbedderOptions.defaults()
        .withBackend(compute.backend())
        .withThreads(compute.threads())
        .withProcessing(processing.processing())
        .withMerge(merging.merge());
  }

  /** An embedder and the digest that identifies its vectors. */
  record Model(Embedder embedder, String digest) implements AutoCloseable {
    @Override
    public void close() {
      embedder.close();
    }
  }

  Model open() {
    Path model = weights == null ? EmbeddedTeacher.file() : weights;
    String digest = ModelDigest.of(model, options());
    return new Model(Embedder.load(model, options()), digest);
  }
}
