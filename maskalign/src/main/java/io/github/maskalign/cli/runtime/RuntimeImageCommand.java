package io.github.maskalign.cli.runtime;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.FolderSize;
import io.github.maskalign.cli.Main;
import io.github.maskalign.tensor.error.ArgumentException;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code maskalign runtime-image}: a self-contained copy of this program. */
@CommandLine.Command(
    name = "runtime-image",
    description =
        "Writes a self-contained copy of this program with a trimmed Java runtime (jlink), for"
            + " machines of the same platform without a JDK. It uses the JVM options of this run"
            + " (MASKALIGN_JAVA_OPTS).")
public final class RuntimeImageCommand implements Command {

  private static final String NAME = "maskalign";

  @Parameters(
      paramLabel = "DIR",
      description = "Folder to write; must not exist (default: ${DEFAULT-VALUE}).",
      defaultValue = "maskalign-image")
  private Path folder;

  /** For the service loader. */
  public RuntimeImageCommand() {}

  @Override
  public Integer call() throws IOException {
    List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
    new RuntimeImage(NAME, Main.class.getName(), jars(), options).write(folder);
    System.out.printf(
        "%s: %,d MB; run %s%n",
        folder, FolderSize.of(folder) / 1_000_000, folder.resolve("bin").resolve(NAME));
    return 0;
  }

  private static List<Path> jars() {
    List<Path> jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    if (!jars.stream().allMatch(Files::isRegularFile)) {
      throw new ArgumentException(
          "runtime-image: run it with bin/maskalign, which starts from jars; the class path is "
              + jars);
    }
    return jars;
  }
}
