package io.github.maskalign.data;

import io.github.maskalign.tensor.error.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What was noticed when a data set was opened: nothing that lies in it is ignored without being
 * counted here.
 *
 * @param ignored files and folders that are no samples, by reason
 * @param unlabeled why the set has no labels where one could expect them; empty otherwise
 * @since 0.1.0
 */
public record DatasetNotes(List<Ignored> ignored, String unlabeled) {
  private static final DatasetNotes NONE = new DatasetNotes(List.of(), "");
  private static final int LISTED = 3;

  /** Keeps its own copy. */
  public DatasetNotes {
    ignored = List.copyOf(ignored);
  }

  /** Why something is not a sample. */
  public enum Reason {
    /** TIFF, HEIF and others. */
    FORMAT("image in an unsupported format", "images in an unsupported format"),
    /** The name starts with a dot. */
    HIDDEN("hidden file or folder", "hidden files or folders"),
    /** Written by an operating system or a storage device. */
    SYSTEM("system file or folder", "system files or folders"),
    /** Leads to nothing, or only to itself. */
    BROKEN_LINK("broken link", "broken links"),
    /** Leads to a folder that contains the link. */
    LINK_LOOP("link to a folder that contains it", "links to a folder that contains them"),
    /** A named pipe, socket or device. */
    SPECIAL("named pipe, socket or device", "named pipes, sockets or devices"),
    /** No permission, or the storage failed. */
    UNREADABLE("unreadable file or folder", "unreadable files or folders"),
    /** A further image of a sample in an archive. */
    FURTHER_IMAGE("further image of a sample", "further images of samples"),
    /** A label of no image in an archive. */
    LABEL_ONLY("label file without an image", "label files without an image"),
    /** A later file in the archive has the same name. */
    REPLACED("file that a later one replaces", "files that later ones replace"),
    /** A file in an archive that is stored without its holes. */
    SPARSE("sparse file", "sparse files"),
    /** In a folder of archives. */
    BESIDE_ARCHIVES("file or folder beside the archives", "files or folders beside the archives"),
    /** In a list of images. */
    COMMENT("comment line", "comment lines"),
    /** Not an image by its name. */
    OTHER("other file", "other files");

    private final String one;
    private final String many;

    Reason(String one, String many) {
      this.one = one;
      this.many = many;
    }

    String of(int count) {
      return "%,d %s".formatted(count, count == 1 ? one : many);
    }
  }

  /**
   * The files and folders that are ignored for one reason.
   *
   * @param names some of them, relative to the set
   */
  public record Ignored(Reason reason, int count, List<String> names) {

    /** Keeps its own copy. */
    public Ignored {
      names = List.copyOf(names);
    }

    /** In words, with at most some names. */
    public String text(int listed) {
      String some =
          names.stream().limit(listed).map(Printable::line).collect(Collectors.joining(", "));
      return "%s (%s%s)".formatted(reason.of(count), some, count > listed ? ", ..." : "");
    }
  }

  /** Nothing. */
  public static DatasetNotes none() {
    return NONE;
  }

  /** What a user of a set should know about it, one line each. */
  public static List<String> lines(Dataset set) {
    List<String> lines = new ArrayList<>();
    DatasetNotes notes = set.notes();
    if (!notes.ignored.isEmpty()) {
      lines.add(notes.ignoredFiles());
    }
    if (!notes.unlabeled.isEmpty()) {
      lines.add("no classes: " + Printable.line(notes.unlabeled));
    }
    List<String> empty = emptyClasses(set);
    if (!empty.isEmpty()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d classes without images: %s",
              empty.size(),
              set.classNames().size(),
              Printable.line(empty, 2 * LISTED)));
    }
    return lines;
  }

  /** What is ignored, in one line; empty if nothing is. */
  public String ignoredFiles() {
    return ignored.isEmpty()
        ? ""
        : ignored.stream()
            .map(each -> each.text(LISTED))
            .collect(Collectors.joining("; ", "ignored ", ""));
  }

  private static List<String> emptyClasses(Dataset set) {
    if (!set.hasLabels()) {
      return List.of();
    }
    boolean[] used = new boolean[set.classNames().size()];
    for (int label : set.labels()) {
      used[label] = true;
    }
    return IntStream.range(0, used.length)
        .filter(label -> !used[label])
        .mapToObj(set.classNames()::get)
        .toList();
  }
}
