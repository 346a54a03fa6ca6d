package io.github.maskalign.data.sets;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.maskalign.tensor.error.FormatException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Where the pictures of one tar archive lie. Names stay names: nothing is ever written to them.
 *
 * @param archive for messages
 * @param pictures in the order of the archive
 * @param labels by the name that a picture and its label file share
 */
record TarIndex(String archive, List<Entry> pictures, Map<String, Integer> labels) {

  private static final String LABEL = "cls";
  private static final int LONGEST_LABEL = 9;
  private static final int BLOCK = 512;
  private static final int[] GZIP = {0x1f, 0x8b};

  /** A file in the archive: {@code size} bytes from {@code offset} on. */
  record Entry(String name, long offset, int size) {}

  /**
   * Reads the headers of an archive, skipping what lies between them.
   *
   * @throws FormatException if it is damaged, compressed or no tar archive
   */
  static TarIndex scan(Path path) {
    try {
      requirePlain(path);
      long length = Files.size(path);
      try (InputStream in = new BufferedInputStream(Files.newInputStream(path));
          TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
        return new Scan(path.toString(), length).read(tar);
      }
    } catch (IOException | RuntimeException e) {
      throw switch (e) {
        case FormatException known -> known;
        case IOException _ when !Files.isReadable(path) -> unreadable(path, (IOException) e);
        // The library throws all kinds when its input is damaged.
        default ->
            new FormatException(
                "%s: damaged tar archive (%s); copy it again".formatted(path, e.getMessage()), e);
      };
    }
  }

  private static UncheckedIOException unreadable(Path path, IOException e) {
    return new UncheckedIOException("cannot read " + path, e);
  }

  private static void requirePlain(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      if (in.read() == GZIP[0] && in.read() == GZIP[1]) {
        throw new FormatException(
            path
                + " is compressed, so its pictures cannot be found at random; they are hardly"
                + " smaller for it: unpack it once with 'gunzip', or into a folder with 'tar xzf'");
      }
    }
  }

  /** What a picture and its label file share: the path to the first point of the file's name. */
  static String key(String name) {
    int point = name.indexOf('.', name.lastIndexOf('/') + 1);
    return point < 0 ? name : name.substring(0, point);
  }

  private static String extension(String name) {
    return name.substring(Math.min(key(name).length() + 1, name.length()));
  }

  private static final class Scan {
    private final String archive;
    private final long length;
    private final List<Entry> pictures = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();

    Scan(String archive, long length) {
      this.archive = archive;
      this.length = length;
    }

    TarIndex read(TarArchiveInputStream tar) throws IOException {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile() && !entry.isSparse() && !entry.isLink() && !entry.isSymbolicLink()) {
          add(entry, tar);
        }
      }
      if (length < BLOCK) {
        throw new FormatException(archive + ": too short for a tar archive; copy it again");
      }
      return new TarIndex(archive, labeled(), Map.copyOf(labels));
    }

    private void add(TarArchiveEntry entry, TarArchiveInputStream tar) throws IOException {
      String name = name(entry);
      boolean label = extension(name).equals(LABEL);
      if (!label && !PictureNames.isPicture(name)) {
        return;
      }
      long offset = tar.getBytesRead();
      if (entry.getSize() < 0 || entry.getSize() > length - offset) {
        throw new FormatException(
            "%s: ends inside '%s', which has %,d bytes; copy it again"
                .formatted(archive, name, entry.getSize()));
      }
      if (label) {
        labels.put(key(name), label(name, tar.readNBytes(LONGEST_LABEL + 2)));
      } else if (entry.getSize() <= EncodedFiles.MAX_BYTES) {
        pictures.add(new Entry(name, offset, (int) entry.getSize()));
      } else {
        throw new FormatException(
            "%s: '%s' has %,d bytes, too many for a picture"
                .formatted(archive, name, entry.getSize()));
      }
    }

    private static String name(TarArchiveEntry entry) {
      String name = entry.getName();
      while (name.startsWith("./")) {
        name = name.substring(2);
      }
      return name;
    }

    private int label(String name, byte[] content) {
      String word = new String(content, US_ASCII).strip();
      if (!word.matches("[0-9]{1," + LONGEST_LABEL + "}")
          || Integer.parseInt(word) >= ClassLabels.MAX_CLASSES) {
        throw new FormatException(
            "%s: '%s' holds '%s'; a label must be a number from 0 to below %,d"
                .formatted(archive, name, word, ClassLabels.MAX_CLASSES));
      }
      return Integer.parseInt(word);
    }

    /** With labels, only what is a picture by its whole extension: masks are NAME.seg.png. */
    private List<Entry> labeled() {
      if (labels.isEmpty()) {
        return List.copyOf(pictures);
      }
      Set<String> seen = new HashSet<>();
      List<Entry> samples =
          pictures.stream()
              .filter(picture -> PictureNames.isExtension(extension(picture.name())))
              .toList();
      for (Entry picture : samples) {
        if (!seen.add(key(picture.name()))) {
          throw new FormatException(
              "%s: two pictures share the label file %s.cls"
                  .formatted(archive, key(picture.name())));
        }
      }
      return samples;
    }
  }
}
