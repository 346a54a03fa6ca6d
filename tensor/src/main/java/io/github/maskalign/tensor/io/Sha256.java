package io.github.maskalign.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Computes SHA-256 digests (FIPS 180-4).
 *
 * @since 0.1.0
 */
public final class Sha256 {

  private static final int MIN_BUFFER_BYTES = 1 << 13;
  private static final int BUFFER_BYTES = 1 << 20;

  private final MessageDigest digest;

  /** Creates the digest of no bytes. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Adds the remaining bytes of a buffer. */
  public Sha256 add(ByteBuffer bytes) {
    digest.update(bytes);
    return this;
  }

  /** Adds bytes. */
  public Sha256 add(byte[] bytes) {
    return add(ByteBuffer.wrap(bytes));
  }

  /** Adds the content of a file. */
  public Sha256 add(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer =
          ByteBuffer.allocate((int) Math.clamp(channel.size(), MIN_BUFFER_BYTES, BUFFER_BYTES));
      while (channel.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
      }
    }
    return this;
  }

  /** Returns the digest of everything added, and resets it. */
  public byte[] bytes() {
    return digest.digest();
  }

  /** Returns the digest of everything added, in hexadecimal, and resets it. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }
}
