package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.io.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a checkpoint does to the disk, step by step, so that tests can let each step fail. */
class Disk {

  void createFolder(Path path) throws IOException {
    Files.createDirectories(path);
  }

  void write(Path file, byte[] content) throws IOException {
    Files.write(file, content);
  }

  /** Returns when the content of a file will outlast a loss of power. */
  void forceFile(Path path) throws IOException {
    DurableFiles.force(path);
  }

  /** Returns when the names in a folder will. */
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
