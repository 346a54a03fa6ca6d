package io.github.maskalign.data.sets;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes.Reason;
import io.github.maskalign.data.file.ClassFolders;
import io.github.maskalign.data.file.EncodedPictures;
import io.github.maskalign.data.file.IgnoredFiles;
import io.github.maskalign.data.file.NameList;
import io.github.maskalign.data.file.PictureNames;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A folder of pictures: each subfolder is a class that contains all pictures below it. If pictures
 * are in the folder itself, there are no classes. Links are followed, hidden and system files and
 * folders are ignored, and pictures are sorted by name.
 */
final class ImageFolder extends SimpleFileVisitor<Path> {

  private static final int MAX_VISITS = 16;

  private final Path folder;
  private final List<String> pictures = new ArrayList<>();
  private final List<String> subFolders = new ArrayList<>();
  private final IgnoredFiles ignored = new IgnoredFiles();

  /** How often each folder was visited within a class: links that multiply have no end. */
  private final Map<Object, Integer> visits = new HashMap<>();

  private ImageFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Scans a folder.
   *
   * @throws FormatException if it contains no pictures
   */
  static Dataset open(Path folder, PictureDecoder decoder) {
    ImageFolder scan = new ImageFolder(folder);
    try {
      Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, scan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return scan.found(decoder);
  }

  private Dataset found(PictureDecoder decoder) {
    String where = FileNames.text(folder);
    if (pictures.isEmpty()) {
      throw new FormatException(
          "%s contains no images: searched it and its subfolders for files ending in %s%s"
              .formatted(where, PictureNames.extensions(), ignored.summary()));
    }
    pictures.sort(null);
    ClassFolders classes =
        ClassFolders.of(
            pictures,
            subFolders,
            where,
            split -> "choose one of them, such as %s/%s".formatted(where, split));
    return new EncodedPictures(
        new FolderFiles(folder, NameList.of(pictures)),
        classes.labels(),
        (classes.labels().areKnown() ? "a folder per class in " : "folder ") + where,
        ignored.notes(classes.unlabeled()),
        decoder);
  }

  private String relative(Path path) {
    return FileNames.text(folder.relativize(path));
  }

  @Override
  public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
    if (path.equals(folder)) {
      return FileVisitResult.CONTINUE;
    }
    String name = FileNames.text(path.getFileName());
    Reason hidden = PictureNames.hidden(name);
    if (hidden != null) {
      ignored.add(hidden, relative(path) + "/");
      return FileVisitResult.SKIP_SUBTREE;
    }
    if (path.equals(folder.resolve(path.getFileName()))) {
      subFolders.add(name);
      visits.clear();
    }
    if (attributes.fileKey() != null
        && visits.merge(attributes.fileKey(), 1, Integer::sum) > MAX_VISITS) {
      throw new FormatException(
          "links lead to %s in more than %d ways; remove some of them"
              .formatted(FileNames.text(path), MAX_VISITS));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
    Reason reason = PictureNames.notPicture(FileNames.text(path.getFileName()));
    if (attributes.isSymbolicLink()) {
      // Links are followed, so this one leads nowhere.
      ignored.add(Reason.BROKEN_LINK, relative(path));
    } else if (attributes.isOther()) {
      ignored.add(Reason.SPECIAL, relative(path));
    } else if (reason != null) {
      ignored.add(reason, relative(path));
    } else {
      pictures.add(relative(path));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
    if (path.equals(folder)) {
      throw e;
    }
    ignored.add(
        e instanceof FileSystemLoopException ? Reason.LINK_LOOP : Reason.UNREADABLE,
        relative(path));
    return FileVisitResult.CONTINUE;
  }
}
