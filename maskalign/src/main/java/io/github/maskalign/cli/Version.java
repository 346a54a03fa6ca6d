package io.github.maskalign.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** One line: the version in the jar's manifest, and the Java and machine it runs on. */
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
