package io.github.maskalign.tensor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program in a JVM that has compiled nothing, with the tests' class path. */
public final class NewJvm {

  private static final List<String> OPTIONS =
      List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED");

  private NewJvm() {}

  /**
   * Runs a program, with the Vector API and native access, and returns the lines of its output.
   *
   * @param folder for its output
   * @throws IllegalStateException if it fails, with what it wrote to the standard error
   */
  public static List<String> lines(Path folder, Class<?> program, Object... args)
      throws IOException, InterruptedException {
    return linesWith(folder, OPTIONS, program, args);
  }

  /**
   * Runs a program with nothing but the options given.
   *
   * @param folder for its output
   * @throws IllegalStateException if it fails, with what it wrote to the standard error
   */
  public static List<String> linesWith(
      Path folder, List<String> options, Class<?> program, Object... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
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
