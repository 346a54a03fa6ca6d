package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.weights.NetworkFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Tells models apart, so that no vector is compared with one that means something else.
 *
 * @since 0.1.0
 */
public final class ModelDigest {

  private ModelDigest() {}

  /**
   * SHA-256, in hexadecimal, of the weights and of what an embedding is made of. It reads the
   * weights as a whole, about a second a gigabyte.
   *
   * @param model a file or folder, as for {@link io.github.maskalign.vit.embed.Embedder#load}
   * @throws io.github.maskalign.tensor.error.FormatException if it is damaged, or no known network
   * @throws UncheckedIOException if it cannot be read
   */
  public static String of(Path model, EmbedderOptions options) {
    Sha256 digest = new Sha256();
    digest.add((options.output() + " " + options.level()).getBytes(StandardCharsets.UTF_8));
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
