package io.github.maskalign.cuda.binding.jcuda;

import io.github.maskalign.cuda.library.UserCache;
import io.github.maskalign.tensor.io.PrivateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jcuda.JCudaVersion;
import jcuda.LibUtils;

/**
 * Loads JCuda's native libraries. JCuda loads a file of a known name in {@code java.io.tmpdir},
 * which another user may have put there, and unpacks its own only if there is none. So this class
 * unpacks into a new private folder and makes JCuda find that file.
 */
final class JCudaNatives {

  /** Windows does not delete a library in use, so that folders remain; no load takes this long. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private static final String TEMPORARY = "java.io.tmpdir";

  private JCudaNatives() {}

  /**
   * Initializes a class of JCuda that loads a native library.
   *
   * @param library name of the library, without version, platform and suffix
   * @throws UnsatisfiedLinkError if the library cannot be unpacked or loaded
   */
  static void initialize(Class<?> type, String library) {
    String name =
        LibUtils.createLibraryFileName(
            LibUtils.createPlatformLibraryName(library + "-" + JCudaVersion.get()));
    Path cache = UserCache.folder();
    PrivateFolder.deleteAbandoned(cache, ABANDONED);
    try (PrivateFolder folder = PrivateFolder.create(List.of(cache))) {
      unpack(type, "/lib/" + name, folder.path().resolve(name));
      initializeFrom(folder.path(), type);
    } catch (IOException e) {
      throw unloadable(name, e);
    }
  }

  /**
   * JCuda reads the property at each load and offers no other way. The JDK's own methods for
   * temporary files do not see the change: they read the property once, at start-up.
   */
  private static synchronized void initializeFrom(Path folder, Class<?> type) {
    String before = System.getProperty(TEMPORARY, ".");
    System.setProperty(TEMPORARY, folder.toString());
    try {
      Class.forName(type.getName(), true, type.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    } finally {
      System.setProperty(TEMPORARY, before);
    }
  }

  private static void unpack(Class<?> type, String resource, Path file) throws IOException {
    try (InputStream bytes = type.getResourceAsStream(resource)) {
      if (bytes == null) {
        throw new IOException("no jar contains " + resource);
      }
      Files.copy(bytes, file);
    }
  }

  private static UnsatisfiedLinkError unloadable(String name, IOException cause) {
    UnsatisfiedLinkError error =
        new UnsatisfiedLinkError("cannot unpack JCuda's " + name + ": " + cause.getMessage());
    error.initCause(cause);
    return error;
  }
}
