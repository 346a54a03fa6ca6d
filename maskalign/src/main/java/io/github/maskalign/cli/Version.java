package io.github.maskalign.cli;

import io.github.maskalign.train.checkpoint.BuildInfo;
import picocli.CommandLine.IVersionProvider;

/** One line: version and commit, the Java version and the platform. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    BuildInfo build = BuildInfo.current();
    return new String[] {
      "maskalign %s, commit %s (Java %s, %s %s)"
          .formatted(
              build.version(),
              build.commit(),
              Runtime.version(),
              System.getProperty("os.name"),
              System.getProperty("os.arch"))
    };
  }
}
