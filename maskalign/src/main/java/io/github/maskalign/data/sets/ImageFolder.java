package io.github.maskalign.data.sets;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.File;
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
import java.util.List;

/**
 * A folder of pictures: each sub-folder is a class, whatever lies below it belongs to it. Where
 * pictures lie in the folder itself there are no classes. Links are followed, hidden files and
 * folders are passed over, and all is sorted by name.
 */
final class ImageFolder extends SimpleFileVisitor<Path> {

  private final Path folder;
  private final List<String> pictures = new ArrayList<>();
  private final List<String> subFolders = new ArrayList<>();

  private ImageFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Scans a folder.
   *
   * @throws FormatException if there are no pictures in it
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
    if (pictures.isEmpty()) {
      throw new FormatException(
          "%s holds no pictures: looked for files ending in %s, in it and below"
              .formatted(folder, PictureNames.extensions()));
    }
    pictures.sort(null);
    ClassLabels labels = ClassFolders.of(pictures, subFolders, folder.toString());
    return new EncodedPictures(
        new FolderFiles(folder, NameList.of(pictures)),
        labels,
        (labels.areKnown() ? "a folder a class in " : "folder ") + folder,
        decoder);
  }

  @Override
  public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
    if (path.equals(folder)) {
      return FileVisitResult.CONTINUE;
    }
    if (isHidden(path)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    if (path.getParent().equals(folder)) {
      subFolders.add(path.getFileName().toString());
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
    String name = folder.relativize(path).toString().replace(File.separatorChar, '/');
    if (attributes.isRegularFile() && PictureNames.isPicture(name)) {
      pictures.add(name);
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
    if (e instanceof FileSystemLoopException) {
      throw new FormatException(path + " is a link to a folder that it lies in; remove it", e);
    }
    throw e;
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }
}
