package io.github.maskalign.cli.runtime;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.Main;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code maskalign image}: a copy of this program with a Java runtime of its own. */
@CommandLine.Command(
    name = "image",
    description =
        "Writes a folder with this program and a Java runtime of its own, for machines of this kind"
            + " that have no JDK. It runs with the JVM options of this run (MASKALIGN_JAVA_OPTS).")
public final class ImageCommand implements Command {

  private static final String NAME = "maskalign";

  @Parameters(
      paramLabel = "DIR",
      description = "The folder to write, which must not exist (default: ${DEFAULT-VALUE}).",
      defaultValue = "maskalign-image")
  private Path folder;

  /** For the service loader. */
  public ImageCommand() {}

  @Override
  public Integer call() throws IOException {
    List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
    new RuntimeImage(NAME, Main.class.getName(), jars(), options).write(folder);
    System.out.printf(
        "%s: %,d MB; start %s%n",
        folder, RuntimeImage.size(folder) / 1_000_000, folder.resolve("bin").resolve(NAME));
    return 0;
  }

  private static List<Path> jars() {
    List<Path> jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    if (!jars.stream().allMatch(Files::isRegularFile)) {
      throw new IllegalArgumentException(
          "image: start it by the maskalign launcher, which runs from jars; the class path is "
              + jars);
    }
    return jars;
  }
}
