package io.github.maskalign.vit.hub.cache;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Makes the files of a snapshot: links to contents, or the contents where links cannot be made. */
final class Links {

  private Links() {}

  /**
   * Makes a file of a snapshot that has the content of a blob.
   *
   * @param wanted false to make no links
   * @param isNew whether the blob was made for this file, which may then take it
   */
  static void make(Path file, Path blob, boolean wanted, boolean isNew) throws IOException {
    Files.createDirectories(file.getParent());
    if (wanted && link(file, file.getParent().relativize(blob))) {
      return;
    }
    if (isNew) {
      Incomplete.move(blob, file);
    } else {
      Incomplete.copy(blob, file);
    }
  }

  /**
   * Whether a link could be made: Windows needs a right for it, and some file systems have none.
   */
  private static boolean link(Path file, Path target) throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        Files.createSymbolicLink(file, target);
        return true;
      } catch (FileAlreadyExistsException e) {
        if (Files.isSymbolicLink(file) && Files.readSymbolicLink(file).equals(target)) {
          return true;
        }
        if (attempt > 0 || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          throw e;
        }
        Files.deleteIfExists(file);
      } catch (UnsupportedOperationException | FileSystemException e) {
        return false; // If the folder cannot be written at all, the caller finds out.
      }
    }
  }
}
