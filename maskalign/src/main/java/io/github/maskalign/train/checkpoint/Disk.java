package io.github.maskalign.train.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

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
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Returns when the names in a folder will. */
  void forceFolder(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException windows) {
      // A system that does not open folders keeps their names safe by itself.
    }
  }

  void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  void delete(Path path) throws IOException {
    Files.delete(path);
  }
}
