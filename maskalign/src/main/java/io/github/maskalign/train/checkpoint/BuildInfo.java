package io.github.maskalign.train.checkpoint;

import io.github.maskalign.MaskAlign;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Version of this library, and the commit that it was built from.
 *
 * @param version as in Maven
 * @param commit the start of its hash, followed by {@code +changes} if files were changed since;
 *     {@code unknown} if it was built outside of a clone
 * @since 0.1.0
 */
public record BuildInfo(String version, String commit) {

  private static final String UNKNOWN = "unknown";

  /** That of the running program. */
  public static BuildInfo current() {
    Properties values = new Properties();
    try (InputStream in = MaskAlign.class.getResourceAsStream("build.properties")) {
      if (in != null) {
        values.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read build.properties", e);
    }
    return new BuildInfo(
        values.getProperty("version", UNKNOWN), values.getProperty("commit", UNKNOWN));
  }
}
