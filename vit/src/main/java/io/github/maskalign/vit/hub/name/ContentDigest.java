package io.github.maskalign.vit.hub.name;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The digest of a file's content, which names it in the cache: SHA-256 of 64 digits for large
 * files, or what git computes for a small one, SHA-1 of 40 digits over {@code "blob SIZE\0"} and
 * the content.
 *
 * @since 0.1.0
 */
public record ContentDigest(String hex) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final int SHA_256 = 64;

  /**
   * Checks the digits, which become the name of a file.
   *
   * @throws FormatException if it is no digest
   */
  public ContentDigest {
    if (!isValid(hex)) {
      throw new FormatException(
          "'%s' is no digest of 40 or 64 hexadecimal digits".formatted(Printable.line(hex)));
    }
  }

  /** Whether a text is a digest. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  /** Whether an ETag, quoted or not, weak or not, is a digest. */
  public static boolean isETagOf(String tag, ContentDigest digest) {
    String text = tag.startsWith("W/") ? tag.substring(2) : tag;
    return text.equals(digest.hex) || text.equals('"' + digest.hex + '"');
  }

  /** Computes the digest of content as it arrives. */
  public static final class Computation {

    private final MessageDigest digest;

    private Computation(MessageDigest digest) {
      this.digest = digest;
    }

    /** Adds the remaining bytes of a buffer, whose position stays. */
    public void add(ByteBuffer bytes) {
      digest.update(bytes.duplicate());
    }

    /** The digest of everything added. */
    public ContentDigest result() {
      return new ContentDigest(HexFormat.of().formatHex(digest.digest()));
    }
  }

  /**
   * Begins to compute a digest of this kind.
   *
   * @param size of the whole content in bytes
   */
  public Computation compute(long size) {
    try {
      if (hex.length() == SHA_256) {
        return new Computation(MessageDigest.getInstance("SHA-256"));
      }
      MessageDigest git = MessageDigest.getInstance("SHA-1");
      git.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
      return new Computation(git);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1 and SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
