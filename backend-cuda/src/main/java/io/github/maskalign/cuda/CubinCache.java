package io.github.maskalign.cuda;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
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
    MessageDigest digest = sha256();
    for (String ingredient : ingredients) {
      digest.update(ingredient.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    Path file = folder.resolve(HexFormat.of().formatHex(digest.digest()) + ".cubin");
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
    boolean whole = Arrays.equals(sha256().digest(image), Arrays.copyOf(entry, SUM_BYTES));
    return whole ? Optional.of(image) : Optional.empty();
  }

  private void write(Path file, byte[] image) throws IOException {
    Files.createDirectories(folder);
    Path half = Files.createTempFile(folder, "compiled", ".tmp");
    try {
      byte[] entry = Arrays.copyOf(sha256().digest(image), SUM_BYTES + image.length);
      System.arraycopy(image, 0, entry, SUM_BYTES, image.length);
      Files.write(half, entry);
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(half);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
