package io.github.maskalign.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of pictures, one a line: {@code path label}, parted at the last blank so that paths may
 * hold blanks, or {@code path} alone on every line. Labels are numbers from 0 on. The order is
 * kept.
 */
final class Manifest {

  private final String file;
  private final List<String> paths = new ArrayList<>();
  private final List<Integer> numbers = new ArrayList<>();

  private Manifest(Path file) {
    this.file = file.toString();
  }

  /**
   * Reads a list.
   *
   * @param folder that relative paths start from
   * @throws FormatException if a line cannot be understood, naming it
   */
  static Dataset open(Path file, Path folder, PictureDecoder decoder) {
    Manifest manifest = new Manifest(file);
    try {
      manifest.read(Files.readAllLines(file, UTF_8));
    } catch (CharacterCodingException e) {
      throw new FormatException(file + ": a list of pictures must be text in UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
    return manifest.pictures(folder, decoder);
  }

  private void read(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      String line = (i == 0 ? withoutMark(lines.get(i)) : lines.get(i)).strip();
      if (!line.isEmpty()) {
        add(line, i + 1);
      }
    }
    if (paths.isEmpty()) {
      throw new FormatException(file + " lists no pictures; give a line 'path label' for each");
    }
  }

  /** Some editors put a byte order mark in front. */
  private static String withoutMark(String line) {
    return line.startsWith("\uFEFF") ? line.substring(1) : line;
  }

  private void add(String line, int lineNumber) {
    int blank = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'));
    Integer label = blank < 0 ? null : label(line.substring(blank + 1), lineNumber);
    boolean labeled = label != null;
    if (!paths.isEmpty() && labeled == numbers.isEmpty()) {
      throw new FormatException(
          "%s, line %d: '%s' has %s, unlike the lines before; give a label on all lines or on none"
              .formatted(file, lineNumber, line, labeled ? "a label" : "no label"));
    }
    if (labeled) {
      numbers.add(label);
    }
    paths.add(labeled ? line.substring(0, blank).strip() : line);
  }

  /** The number in a word; null if it is none. */
  private @Nullable Integer label(String word, int lineNumber) {
    if (!word.matches("-?[0-9]+")) {
      return null;
    }
    if (word.length() > 9
        || word.startsWith("-")
        || Integer.parseInt(word) >= ClassLabels.MAX_CLASSES) {
      throw new FormatException(
          "%s, line %d: label %s; must be from 0 to below %,d"
              .formatted(file, lineNumber, word, ClassLabels.MAX_CLASSES));
    }
    return Integer.valueOf(word);
  }

  private Dataset pictures(Path folder, PictureDecoder decoder) {
    return new EncodedPictures(
        new FolderFiles(folder, NameList.of(paths)),
        ClassLabels.numbered(numbers.stream().mapToInt(Integer::intValue).toArray()),
        "list %s of files in %s".formatted(file, folder),
        decoder);
  }
}
