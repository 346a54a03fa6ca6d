package checks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LicenseTest {

  @Test
  void everyModuleContainsLicenseAndNotice() throws IOException {
    List<Path> modules =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().normalize())
            .filter(entry -> entry.startsWith(Tree.REPOSITORY) && Files.exists(entry))
            .toList();
    assertTrue(modules.size() >= 8, modules::toString);
    for (Path module : modules) {
      if (Files.isDirectory(module)) {
        check(module, module.resolve("META-INF"));
      } else {
        try (FileSystem jar = FileSystems.newFileSystem(module)) {
          check(module, jar.getPath("META-INF"));
        }
      }
    }
  }

  private static void check(Path module, Path folder) throws IOException {
    for (String name : List.of("LICENSE", "NOTICE")) {
      assertArrayEquals(
          Files.readAllBytes(Tree.REPOSITORY.resolve(name)),
          Files.readAllBytes(folder.resolve(name)),
          name + " of " + module);
    }
  }
}
