package io.github.maskalign.data.tar;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.maskalign.data.DatasetNotes.Reason;
import io.github.maskalign.data.file.ClassLabels;
import io.github.maskalign.data.file.EncodedFiles;
import io.github.maskalign.data.file.IgnoredFiles;
import io.github.maskalign.data.file.PictureNames;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.tensor.io.RegularFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The positions of the pictures and the labels in a tar archive. Nothing is unpacked: links are
 * resolved among the entries of the archive, and no name becomes a path.
 *
 * @param archive for messages
 * @param pictures in the order of the archive
 * @param labels by the name of their file without its extension
 */
record TarIndex(String archive, List<Entry> pictures, Map<String, Integer> labels) {

  static final String LABEL = "cls";
  private static final int LONGEST_LABEL = 9;
  private static final int BLOCK = 512;
  private static final int[] GZIP = {0x1f, 0x8b};

  /** A file in the archive: {@code size} bytes from {@code offset} on. */
  record Entry(String name, long offset, int size) {}

  /**
   * Reads the headers of an archive, skipping the contents.
   *
   * @param ignored counts what is neither a picture nor a label
   * @throws FormatException if it is damaged, compressed or not a tar archive
   */
  static TarIndex scan(Path path, IgnoredFiles ignored) {
    String archive = FileNames.text(path);
    try {
      AbsentContent.refuse(path);
      requirePlain(path, archive);
      try (InputStream in = RegularFiles.newInputStream(path)) {
        return scan(in, Files.size(path), archive, ignored);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + archive, e);
    }
  }

  /** Reads the headers of an archive from a stream. */
  private static TarIndex scan(InputStream in, long length, String archive, IgnoredFiles ignored)
      throws IOException {
    if (length < BLOCK) {
      throw new FormatException(archive + ": too short for a tar archive; copy it again");
    }
    return new Scan(new TarReader(in, length, archive), archive, ignored).read();
  }

  private static void requirePlain(Path path, String archive) throws IOException {
    try (InputStream in = RegularFiles.newInputStream(path)) {
      if (in.read() == GZIP[0] && in.read() == GZIP[1]) {
        throw new FormatException(
            archive
                + " is compressed, so its images cannot be accessed at random; they are hardly"
                + " smaller for it: unpack it once with 'gunzip', or into a folder with 'tar xzf'");
      }
    }
  }

  /** A name without its extension. */
  static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') ? name.substring(0, dot) : name;
  }

  private static final class Scan {
    private final TarReader tar;
    private final String archive;
    private final IgnoredFiles ignored;

    /** All files, since links may lead to any. */
    private final Map<String, TarReader.Entry> files = new LinkedHashMap<>();

    private final Map<String, Integer> labels = new HashMap<>();

    Scan(TarReader tar, String archive, IgnoredFiles ignored) {
      this.tar = tar;
      this.archive = archive;
      this.ignored = ignored;
    }

    TarIndex read() throws IOException {
      Map<String, String> links = new LinkedHashMap<>();
      for (TarReader.Entry entry = tar.next(); entry != null; entry = tar.next()) {
        String name = normalized(entry.name());
        switch (entry.kind()) {
          case FILE -> {
            put(name, entry);
            if (isLabel(name)) {
              labels.put(name, label(name, tar.content(entry, LONGEST_LABEL + 2)));
            }
          }
          case HARD_LINK -> link(name, normalized(entry.target()));
          case SYMBOLIC_LINK -> links.put(name, resolved(name, entry.target()));
          case SPARSE -> ignored.add(Reason.SPARSE, name);
          case SPECIAL -> ignored.add(Reason.SPECIAL, name);
          case FOLDER -> {}
        }
      }
      links.forEach((name, target) -> link(name, last(links, target)));
      List<Entry> pictures =
          files.entrySet().stream()
              .filter(file -> isPicture(file.getKey()))
              .map(file -> picture(file.getKey(), file.getValue()))
              .toList();
      Map<String, Integer> byStem = new HashMap<>();
      labels.forEach((name, label) -> byStem.put(stem(name), label));
      return new TarIndex(archive, pictures, Map.copyOf(byStem));
    }

    private void put(String name, TarReader.Entry file) {
      // Put at the end, where the later file is.
      if (files.remove(name) != null) {
        ignored.add(Reason.REPLACED, name);
      }
      files.put(name, file);
    }

    private void link(String name, String target) {
      TarReader.Entry file = files.get(target);
      if (file == null) {
        ignored.add(Reason.BROKEN_LINK, name);
        return;
      }
      put(name, file);
      Integer label = labels.get(target);
      if (label != null && isLabel(name)) {
        labels.put(name, label);
      }
    }

    /** The name at the end of a chain of symbolic links; any of them if they form a circle. */
    private static String last(Map<String, String> links, String target) {
      String name = target;
      for (int i = 0; i < links.size() && links.containsKey(name); i++) {
        name = links.get(name);
      }
      return name;
    }

    /** Counts what is no picture; a label is none either, but is used. */
    private boolean isPicture(String name) {
      Reason reason = hidden(name);
      if (reason == null) {
        reason = PictureNames.notPicture(name.substring(name.lastIndexOf('/') + 1));
      }
      if (reason != null && !isLabel(name)) {
        ignored.add(reason, name);
      }
      return reason == null;
    }

    private static @Nullable Reason hidden(String name) {
      for (String part : name.split("/")) {
        Reason reason = part.equals(".") || part.equals("..") ? null : PictureNames.hidden(part);
        if (reason != null) {
          return reason;
        }
      }
      return null;
    }

    private static boolean isLabel(String name) {
      return PictureNames.extension(name.substring(name.lastIndexOf('/') + 1)).equals(LABEL)
          && hidden(name) == null;
    }

    private Entry picture(String name, TarReader.Entry file) {
      if (file.size() > EncodedFiles.MAX_BYTES) {
        throw new FormatException(
            "%s: '%s' has %,d bytes, too many for an image".formatted(archive, name, file.size()));
      }
      return new Entry(name, file.offset(), (int) file.size());
    }

    private int label(String name, byte[] content) {
      String word = new String(content, US_ASCII).strip();
      if (!word.matches("[0-9]{1," + LONGEST_LABEL + "}")
          || Integer.parseInt(word) >= ClassLabels.MAX_CLASSES) {
        throw new FormatException(
            "%s: '%s' contains '%s'; a label must be a number from 0 to below %,d"
                .formatted(archive, name, word, ClassLabels.MAX_CLASSES));
      }
      return Integer.parseInt(word);
    }

    private static String normalized(String name) {
      String rest = name;
      while (rest.startsWith("./")) {
        rest = rest.substring(2);
      }
      return rest;
    }

    /** The name that a symbolic link leads to, relative to its folder. */
    private static String resolved(String name, String target) {
      if (target.startsWith("/")) {
        return target;
      }
      Deque<String> parts = new ArrayDeque<>();
      String whole = name.substring(0, name.lastIndexOf('/') + 1) + target;
      for (String part : whole.split("/")) {
        if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
          parts.removeLast();
        } else if (!part.isEmpty() && !part.equals(".")) {
          parts.addLast(part);
        }
      }
      return String.join("/", parts);
    }
  }
}
