package io.github.maskalign.vit.hub.cache;

import io.github.maskalign.tensor.io.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** A file while it is written, under a name of its own that no other process uses. */
final class Incomplete implements AutoCloseable {

  static final String ENDING = ".incomplete";

  private final Path path;
  private final FileChannel channel;

  private Incomplete(Path path) throws IOException {
    this.path = path;
    // Not a temporary file of Java, whose permissions are for its owner only.
    this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Creates an empty file beside a blob. */
  static Incomplete of(Path blob) throws IOException {
    return new Incomplete(draft(blob, ENDING));
  }

  private static Path draft(Path target, String ending) {
    String digits = "%08x".formatted(ThreadLocalRandom.current().nextInt());
    return target.resolveSibling(target.getFileName() + "." + digits + ending);
  }

  FileChannel channel() {
    return channel;
  }

  /** Gives the file its name, once it is on disk. */
  void commit(Path target) throws IOException {
    channel.force(true);
    channel.close();
    move(path, target);
  }

  /** Deletes the file, unless it was committed. */
  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(path);
    }
  }

  /** Replaces a small file. */
  static void write(Path target, byte[] content) throws IOException {
    Path draft = draft(target, ".tmp");
    try {
      Files.write(draft, content, StandardOpenOption.CREATE_NEW);
      move(draft, target);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Copies a blob to a file of a snapshot. */
  static void copy(Path blob, Path file) throws IOException {
    Path draft = draft(blob, ENDING);
    try {
      Files.copy(blob, draft);
      DurableFiles.force(draft);
      move(draft, file);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  static void move(Path from, Path to) throws IOException {
    DurableFiles.rename(from, to);
  }
}
