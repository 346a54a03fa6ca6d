package io.github.maskalign.cuda.library;

import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.io.PrivateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * @throws IOException if unpacking fails, or if another user can replace the unpacked file
   */
  Optional<Path> unpack(String name) throws IOException {
    @Nullable URL resource = classes.getResource(folderInJar + name);
    if (resource == null) {
      return Optional.empty();
    }
    URLConnection connection = resource.openConnection();
    long size = connection.getContentLengthLong();
    Path folder = cache.resolve(jarName(connection));
    PrivateFolder.requireSafe(folder);
    Path file = folder.resolve(name);
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
    try (InputStream bytes = connection.getInputStream()) {
      AtomicFile.write(file, channel -> bytes.transferTo(Channels.newOutputStream(channel)));
    }
  }
}
