package io.github.maskalign.cuda.library;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Unpacks libraries from a bytedeco redistribution of CUDA on the class path. */
final class RedistJar {

  private final ClassLoader classes;
  private final String folderInJar;
  private final Path cache;

  /**
   * Searches the jar of one platform.
   *
   * @param cache folder with one subfolder per jar
   */
  RedistJar(ClassLoader classes, String platform, Path cache) {
    this.classes = classes;
    this.folderInJar = "org/bytedeco/cuda/" + platform + "/";
    this.cache = cache;
  }

  /**
   * Unpacks a library if needed; empty if no jar contains it.
   *
   * @throws IOException if unpacking fails
   */
  Optional<Path> unpack(String name) throws IOException {
    @Nullable URL resource = classes.getResource(folderInJar + name);
    if (resource == null) {
      return Optional.empty();
    }
    URLConnection connection = resource.openConnection();
    long size = connection.getContentLengthLong();
    Path file = cache.resolve(jarName(connection)).resolve(name);
    if (!Files.isRegularFile(file) || Files.size(file) != size) {
      write(connection, file);
    }
    return Optional.of(file);
  }

  private static String jarName(URLConnection connection) {
    if (connection instanceof JarURLConnection jar) {
      return Path.of(jar.getJarFileURL().getPath()).getFileName().toString();
    }
    return "classes";
  }

  /** Writes atomically, because another process may read the file. */
  private static void write(URLConnection connection, Path file) throws IOException {
    Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
    Path temporary = Files.createTempFile(folder, "unpacking", ".tmp");
    try (InputStream bytes = connection.getInputStream()) {
      Files.copy(bytes, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
