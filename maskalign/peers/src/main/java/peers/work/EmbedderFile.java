package peers.work;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** A file of a ViT-B/16 with random weights, and an image for it. */
final class EmbedderFile implements AutoCloseable {

  /** The network. */
  static final ViTConfig CONFIG = ViTConfig.base(224, 16);

  private final Path file;

  /** Writes the file. */
  EmbedderFile(int threads) {
    file =
        withNetwork(
            threads,
            network -> {
              try {
                Path created = Files.createTempFile("embed-peers", ".safetensors");
                Weights.save(created, network, Map.of());
                return created;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** Makes something of the weights, which are the same each time. */
  static <T> T withNetwork(int threads, Function<Parameters, T> use) {
    try (Backends.Choice choice = OurBackend.open(threads);
        Scope scope = Scope.root(choice.backend(), "network")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(parameters.root(), CONFIG);
      return use.apply(parameters);
    }
  }

  /** An embedder on the backend {@code cpu}. */
  Embedder load(EmbedderOptions options) {
    return Embedder.load(file, options.withBackend("cpu"));
  }

  /** An image of the network's size. */
  static Picture picture() {
    int side = CONFIG.imageSize().requireSquare("the comparison with other libraries");
    byte[] bytes = new byte[CONFIG.channels() * side * side];
    new Random(1).nextBytes(bytes);
    return Picture.of(bytes, CONFIG.channels(), side, side);
  }

  @Override
  public void close() {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
