package io.github.maskalign.align.teacher;

import io.github.maskalign.align.data.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Which network taught: what a checkpoint keeps in place of the teacher's weights.
 *
 * @param name for people
 * @param sha256 digest of the weight file, in hexadecimal
 * @param licence of the weights
 */
public record TeacherId(String name, String sha256, String licence) {

  private static final int BUFFER = 1 << 20;

  /** The identity of the weights in a file. */
  public static TeacherId of(String name, Path file, String licence) {
    return new TeacherId(name, digest(file), licence);
  }

  private static String digest(Path file) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (FileChannel channel = FileChannel.open(file)) {
      Sha256 digest = new Sha256();
      while (channel.read(buffer) >= 0) {
        digest.add(buffer.flip());
        buffer.clear();
      }
      return digest.hex();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
