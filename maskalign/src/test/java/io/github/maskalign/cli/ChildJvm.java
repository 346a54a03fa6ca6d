package io.github.maskalign.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of this program for a JVM of its own. */
public final class ChildJvm {

  private ChildJvm() {}

  /** A command with the vector module, compiled quickly since it runs for a moment only. */
  public static List<String> command(String... arguments) {
    return command(
        List.of("-XX:TieredStopAtLevel=1", "--add-modules=jdk.incubator.vector"),
        List.of(arguments));
  }

  /** A command with these options of Java. */
  public static List<String> command(List<String> options, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    line.addAll(arguments);
    return line;
  }
}
