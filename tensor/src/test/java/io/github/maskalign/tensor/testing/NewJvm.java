package io.github.maskalign.tensor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program in a JVM that has compiled nothing, with the Vector API and the tests' class path. */
public final class NewJvm {

  private NewJvm() {}

  /**
   * Runs a program and returns the lines of its output.
   *
   * @param folder for its output
   * @throws IllegalStateException if it fails, with what it wrote to the standard error
   */
  public static List<String> lines(Path folder, Class<?> program, Object... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    int status = process.waitFor();
    if (status != 0) {
      throw new IllegalStateException(
          program.getName() + " ended with status " + status + ": " + Files.readString(errors));
    }
    return Files.readAllLines(output);
  }
}
