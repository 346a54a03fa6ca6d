package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.io.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file operations of saving a checkpoint, which tests replace to simulate failures. */
class Disk {

  void createFolder(Path path) throws IOException {
    Files.createDirectories(path);
  }

  void write(Path file, byte[] content) throws IOException {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw DurableFiles.naming(file, e);
    }
  }

  /** Forces the content of a file to disk. */
  void forceFile(Path path) throws IOException {
    DurableFiles.force(path);
  }

  /** Forces the names in a folder to disk. */
  void forceFolder(Path path) throws IOException {
    DurableFiles.forceFolder(path);
  }

  void move(Path from, Path to) throws IOException {
    DurableFiles.rename(from, to);
  }

  void delete(Path path) throws IOException {
    Files.delete(path);
  }
}
