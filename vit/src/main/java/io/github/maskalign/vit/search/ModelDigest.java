package io.github.maskalign.vit.search;

import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.weights.NetworkFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identifies models, so that vectors are compared only with vectors of the same model.
 *
 * @since 0.1.0
 */
public final class ModelDigest {

  private static final int BUFFER_BYTES = 1 << 20;

  private ModelDigest() {}

  /**
   * SHA-256, in hexadecimal, of the weights and of the output that becomes an embedding. Reads all
   * weights, about one second per gigabyte.
   *
   * @param model a file or folder, as for {@link io.github.maskalign.vit.embed.Embedder#load}
   * @throws io.github.maskalign.tensor.FormatException if it is damaged, or not a known network
   * @throws UncheckedIOException if it cannot be read
   */
  public static String of(Path model, EmbedderOptions options) {
    MessageDigest digest = sha256();
    digest.update((options.output() + " " + options.level()).getBytes(StandardCharsets.UTF_8));
    try (NetworkFile network = NetworkFile.open(model)) {
      for (Path file : network.file().files()) {
        add(digest, file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the weights of " + model, e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      while (channel.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this Java platform", e);
    }
  }
}
