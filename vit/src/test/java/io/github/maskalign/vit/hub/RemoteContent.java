package io.github.maskalign.vit.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of a {@link LoopbackHub}.
 *
 * @param isLarge whether it is stored elsewhere, by its SHA-256
 */
record RemoteContent(byte[] bytes, boolean isLarge) {

  static RemoteContent small(String text) {
    return new RemoteContent(text.getBytes(StandardCharsets.UTF_8), false);
  }

  static RemoteContent large(byte[] bytes) {
    return new RemoteContent(bytes, true);
  }

  String digest() {
    return isLarge ? hex("SHA-256", bytes) : gitDigest();
  }

  String gitDigest() {
    byte[] head = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] all = ByteBuffer.allocate(head.length + bytes.length).put(head).put(bytes).array();
    return hex("SHA-1", all);
  }

  private static String hex(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
