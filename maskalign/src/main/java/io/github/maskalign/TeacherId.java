package io.github.maskalign;

import io.github.maskalign.tensor.io.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * Identity of a teacher, which a checkpoint stores in place of the teacher's weights.
 *
 * @param name for display
 * @param sha256 digest of the weight files, in hexadecimal
 * @param license of the weights
 * @since 0.1.0
 */
public record TeacherId(String name, String sha256, String license) {

  private static final int BUFFER = 1 << 20;

  /** The identity of the weights in a file. */
  public static TeacherId of(String name, Path file, String license) {
    return of(name, List.of(file), license);
  }

  /** The identity of the weights in one file or in several shards, digested one after the other. */
  public static TeacherId of(String name, List<Path> files, String license) {
    return new TeacherId(name, digest(files), license);
  }

  private static String digest(List<Path> files) {
    Sha256 digest = new Sha256();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file)) {
        while (channel.read(buffer) >= 0) {
          digest.add(buffer.flip());
          buffer.clear();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }
    return digest.hex();
  }
}
