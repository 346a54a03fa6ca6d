package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Identifies models, so that vectors are compared only with vectors of the same model.
 *
 * @since 0.1.0
 */
public final class ModelDigest {

  private ModelDigest() {}

  /**
   * SHA-256, in hexadecimal, of the weights, of the output that becomes an embedding, of options of
   * the preprocessing, and of the number of merged tokens. Reads all weights, about one second per
   * gigabyte.
   *
   * @param model a file or folder, as for {@link io.github.maskalign.vit.embed.Embedder#load}
   * @throws io.github.maskalign.tensor.error.FormatException if it is damaged, or not a known
   *     network
   * @throws UncheckedIOException if it cannot be read
   */
  public static String of(Path model, EmbedderOptions options) {
    Sha256 digest = new Sha256();
    digest.add((options.output() + " " + options.level()).getBytes(StandardCharsets.UTF_8));
    if (!options.processing().equals(ProcessorOptions.defaults())) {
      digest.add(options.processing().toString().getBytes(StandardCharsets.UTF_8));
    }
    if (options.merge() > 0) {
      digest.add(("merge " + options.merge()).getBytes(StandardCharsets.UTF_8));
    }
    try (NetworkFile network = NetworkFile.open(model)) {
      for (Path file : network.file().files()) {
        digest.add(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the weights of " + model, e);
    }
    return digest.hex();
  }
}
