package io.github.maskalign.cuda.runtime;

import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.io.PrivateFolder;
import io.github.maskalign.tensor.io.Sha256;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Stores compiled kernels on disk. An entry is the SHA-256 checksum of the image, then the image;
 * an entry with a wrong checksum is compiled again. Processes may share a folder, but users may
 * not: a checksum does not tell who wrote an entry. If the folder cannot be used, the cache logs a
 * warning and compiles every time.
 */
public final class CubinCache {

  private static final System.Logger LOG = System.getLogger(CubinCache.class.getName());

  private static final int CHECKSUM_BYTES = 32;

  private final Path folder;

  /** A cache in a folder, which is created when needed. */
  public CubinCache(Path folder) {
    this.folder = folder;
  }

  /**
   * Returns the image for a key, from disk or from the compiler.
   *
   * @param key everything that the image depends on, in a fixed order
   */
  public byte[] get(Iterable<String> key, Supplier<byte[]> compiler) {
    Sha256 digest = new Sha256();
    for (String part : key) {
      digest.add(part.getBytes(StandardCharsets.UTF_8)).add(new byte[1]);
    }
    Path file = folder.resolve(digest.hex() + ".cubin");
    try {
      PrivateFolder.requireSafe(folder);
      Optional<byte[]> stored = read(file);
      if (stored.isPresent()) {
        return stored.get();
      }
    } catch (IOException e) {
      warn(e);
      return compiler.get();
    }
    byte[] image = compiler.get();
    try {
      write(file, image);
    } catch (IOException e) {
      warn(e);
    }
    return image;
  }

  private void warn(IOException e) {
    LOG.log(Level.WARNING, "cannot use the cache of compiled kernels in " + folder + ": " + e);
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    byte[] entry = Files.readAllBytes(file);
    if (entry.length <= CHECKSUM_BYTES) {
      return Optional.empty();
    }
    byte[] image = Arrays.copyOfRange(entry, CHECKSUM_BYTES, entry.length);
    boolean valid =
        Arrays.equals(new Sha256().add(image).bytes(), Arrays.copyOf(entry, CHECKSUM_BYTES));
    return valid ? Optional.of(image) : Optional.empty();
  }

  private static void write(Path file, byte[] image) throws IOException {
    byte[] entry = Arrays.copyOf(new Sha256().add(image).bytes(), CHECKSUM_BYTES + image.length);
    System.arraycopy(image, 0, entry, CHECKSUM_BYTES, image.length);
    AtomicFile.write(file, entry);
  }
}
