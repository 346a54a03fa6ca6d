package checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small repository in a temporary folder. */
record Tree(Path root) {

  /** The repository that these tests are part of. */
  static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();

  Path write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }
}
