package io.github.maskalign.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** One line: the version from the jar's manifest, the Java version and the platform. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String packaged = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "maskalign %s (Java %s, %s %s)"
          .formatted(
              Objects.requireNonNullElse(packaged, "not packaged"),
              Runtime.version(),
              System.getProperty("os.name"),
              System.getProperty("os.arch"))
    };
  }
}
