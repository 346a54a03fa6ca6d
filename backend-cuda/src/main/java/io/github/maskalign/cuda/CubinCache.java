package io.github.maskalign.cuda;

import io.github.maskalign.tensor.io.AtomicFile;
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
 * Keeps compiled kernels on disk. An entry is the SHA-256 of the image and the image; one that does
 * not fit its sum is made again. Several processes may share a folder. Where the folder cannot be
 * used, kernels are compiled every time and a warning is logged.
 */
final class CubinCache {

  private static final System.Logger LOG = System.getLogger(CubinCache.class.getName());

  private static final int SUM_BYTES = 32;

  private final Path folder;

  /** A cache in a folder, which need not exist. */
  CubinCache(Path folder) {
    this.folder = folder;
  }

  /**
   * The image made from all the ingredients, from disk or by the compiler.
   *
   * @param ingredients everything the image depends on, in a fixed order
   */
  byte[] get(Iterable<String> ingredients, Supplier<byte[]> compiler) {
    Sha256 digest = new Sha256();
    for (String ingredient : ingredients) {
      digest.add(ingredient.getBytes(StandardCharsets.UTF_8)).add(new byte[1]);
    }
    Path file = folder.resolve(digest.hex() + ".cubin");
    try {
      Optional<byte[]> stored = read(file);
      if (stored.isPresent()) {
        return stored.get();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "compiled kernels cannot be read from " + file + ": " + e);
    }
    byte[] image = compiler.get();
    try {
      write(file, image);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "compiled kernels cannot be kept in " + folder + ": " + e);
    }
    return image;
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    byte[] entry = Files.readAllBytes(file);
    if (entry.length <= SUM_BYTES) {
      return Optional.empty();
    }
    byte[] image = Arrays.copyOfRange(entry, SUM_BYTES, entry.length);
    boolean whole = Arrays.equals(new Sha256().add(image).bytes(), Arrays.copyOf(entry, SUM_BYTES));
    return whole ? Optional.of(image) : Optional.empty();
  }

  private void write(Path file, byte[] image) throws IOException {
    Files.createDirectories(folder);
    byte[] entry = Arrays.copyOf(new Sha256().add(image).bytes(), SUM_BYTES + image.length);
    System.arraycopy(image, 0, entry, SUM_BYTES, image.length);
    AtomicFile.write(file, entry);
  }
}
