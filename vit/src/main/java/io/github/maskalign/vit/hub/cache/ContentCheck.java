package io.github.maskalign.vit.hub.cache;

import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.vit.hub.name.ContentDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Compares a cached file with the digest that names its content.
 *
 * @since 0.1.0
 */
public enum ContentCheck {
  /** The content has this digest. */
  WHOLE,
  /** The content has another digest. */
  DAMAGED,
  /** The link does not lead to a file. */
  MISSING,
  /** It is not a link to a content named by its digest. */
  UNKNOWN;

  private static final int BUFFER_BYTES = 1 << 20;

  /**
   * Compares a file of a commit.
   *
   * @param file its path in the folder of the commit
   */
  public static ContentCheck of(CachedCommit commit, String file) throws IOException {
    Path path = FileNames.resolve(commit.folder(), file);
    if (!Files.isRegularFile(path)) {
      return MISSING;
    }
    Optional<ContentDigest> stated = stated(path);
    if (stated.isEmpty()) {
      return UNKNOWN;
    }
    return digest(path, stated.get()).equals(stated.get()) ? WHOLE : DAMAGED;
  }

  /** The digest that the target of a link has as its name. */
  static Optional<ContentDigest> stated(Path file) throws IOException {
    if (!Files.isSymbolicLink(file)) {
      return Optional.empty();
    }
    String name = FileNames.text(Files.readSymbolicLink(file).getFileName());
    return ContentDigest.isValid(name) ? Optional.of(new ContentDigest(name)) : Optional.empty();
  }

  private static ContentDigest digest(Path file, ContentDigest kind) throws IOException {
    ContentDigest.Computation digest = kind.compute(Files.size(file));
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      while (channel.read(buffer.clear()) >= 0) {
        digest.add(buffer.flip());
      }
    }
    return digest.result();
  }
}
