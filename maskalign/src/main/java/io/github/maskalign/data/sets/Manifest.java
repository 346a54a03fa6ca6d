package io.github.maskalign.data.sets;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes.Reason;
import io.github.maskalign.data.file.ClassLabels;
import io.github.maskalign.data.file.EncodedPictures;
import io.github.maskalign.data.file.IgnoredFiles;
import io.github.maskalign.data.file.NameList;
import io.github.maskalign.data.file.PictureNames;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.tensor.io.RegularFiles;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of pictures, one per line: {@code path label}, separated at the last space, so that paths
 * may contain spaces, or {@code path} only on every line. Labels are numbers from 0. The order is
 * preserved. Lines that start with {@code #} are comments.
 */
final class Manifest {

  private final String file;
  private final List<String> paths = new ArrayList<>();
  private final List<Integer> numbers = new ArrayList<>();
  private final IgnoredFiles ignored = new IgnoredFiles();

  private Manifest(String file) {
    this.file = file;
  }

  /**
   * Reads a list.
   *
   * @param folder that relative paths start from
   * @throws FormatException if a line cannot be parsed, naming it
   */
  static Dataset open(Path file, Path folder, PictureDecoder decoder) {
    String name = FileNames.text(file);
    try (InputStream in = RegularFiles.newInputStream(file)) {
      Manifest manifest = read(in, name);
      return manifest.pictures(folder, decoder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  /** Reads a list; {@code name} is used in error messages. */
  static Manifest read(InputStream in, String name) throws IOException {
    Manifest manifest = new Manifest(name);
    TextLines lines = new TextLines(in, name);
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (line.startsWith("#")) {
        manifest.ignored.add(Reason.COMMENT, "line " + lines.number());
      } else if (!line.isEmpty()) {
        manifest.add(line, lines.number());
      }
    }
    if (manifest.paths.isEmpty()) {
      throw new FormatException(
          name + " lists no images; expected one line 'path label' per image");
    }
    return manifest;
  }

  private void add(String line, int lineNumber) {
    int blank = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'));
    Integer label = blank < 0 ? null : label(line.substring(blank + 1), lineNumber);
    boolean labeled = label != null;
    if (blank >= 0 && !labeled && isImage(line.substring(0, blank)) && !isImage(line)) {
      throw new FormatException(
          "%s, line %d: label '%s' is not a number; number the classes from 0"
              .formatted(file, lineNumber, line.substring(blank + 1)));
    }
    if (!paths.isEmpty() && labeled == numbers.isEmpty()) {
      throw new FormatException(
          "%s, line %d: '%s' has %s, unlike the lines before; all lines need a label, or none"
              .formatted(file, lineNumber, line, labeled ? "a label" : "no label"));
    }
    if (labeled) {
      numbers.add(label);
    }
    paths.add(labeled ? line.substring(0, blank).strip() : line);
  }

  private static boolean isImage(String path) {
    String name = path.strip();
    return PictureNames.notPicture(name.substring(name.lastIndexOf('/') + 1)) == null;
  }

  /** Parses a label; null if the word is not a number. */
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

  /** The pictures of the list, whose relative paths start from a folder. */
  Dataset pictures(Path folder, PictureDecoder decoder) {
    return new EncodedPictures(
        new FolderFiles(folder, NameList.of(paths)),
        ClassLabels.numbered(numbers.stream().mapToInt(Integer::intValue).toArray()),
        "list %s of files in %s".formatted(file, FileNames.text(folder)),
        ignored.notes(""),
        decoder);
  }
}
