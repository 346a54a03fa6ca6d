package io.github.maskalign.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file being written under a temporary name beside its target, which shows its old content until
 * {@link #commit} and all of the new afterwards. {@link #write} serves content that is available at
 * once:
 *
 * <pre>{@code
 * AtomicFile.write(target, channel -> content.writeTo(channel));
 * }</pre>
 *
 * @since 0.1.0
 */
public final class AtomicFile implements AutoCloseable {

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to the channel. */
    void writeTo(FileChannel channel) throws IOException;
  }

  private final Path named;
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;

  private AtomicFile(Path target) throws IOException {
    this.named = target;
    this.target = target.toAbsolutePath();
    this.temporary =
        this.target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      this.channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw aboutTarget(e);
    }
  }

  /** Nobody knows the temporary file, so an error of it becomes one of the target. */
  private IOException aboutTarget(IOException e) {
    if (!(e instanceof FileSystemException error)) {
      return DurableFiles.naming(named, e);
    }
    Path folder = named.getParent() == null ? Path.of(".") : named.getParent();
    String reason =
        switch (error) {
          case NoSuchFileException _ -> "there is no folder %s; create it".formatted(folder);
          case AccessDeniedException _ ->
              "no permission to write to the folder %s; choose another".formatted(folder);
          default -> error.getReason();
        };
    FileSystemException about = new FileSystemException(named.toString(), null, reason);
    about.initCause(e);
    return about;
  }

  /**
   * Creates an empty temporary file in the target's folder.
   *
   * @throws FileSystemException naming the target, if that is impossible, or if the target is a
   *     device or pipe, which a file would take the place of
   */
  public static AtomicFile create(Path target) throws IOException {
    if (isStream(target)) {
      throw new FileSystemException(
          target.toString(),
          null,
          "is a %s; choose the name of a file".formatted(RegularFiles.kind(target)));
    }
    return new AtomicFile(target);
  }

  private static boolean isStream(Path target) throws IOException {
    try {
      String kind = RegularFiles.kind(target);
      return !kind.equals("file") && !kind.equals("folder");
    } catch (FileSystemException e) {
      return false; // it is missing, or writing will tell
    }
  }

  /**
   * Replaces the target with the given content; if that fails, the target keeps its own.
   *
   * @throws IOException naming the target, if it cannot be written
   */
  public static void write(Path target, Content content) throws IOException {
    try (AtomicFile file = create(target)) {
      content.writeTo(file.channel);
      file.commit();
    } catch (IOException e) {
      throw DurableFiles.naming(target, e);
    }
  }

  /**
   * Replaces the target with the given bytes; if that fails, the target keeps its own. A device or
   * pipe, such as {@code /dev/stdout}, is written to.
   */
  public static void write(Path target, byte[] content) throws IOException {
    if (isStream(target)) {
      Files.write(target, content);
      return;
    }
    try (AtomicFile file = create(target)) {
      file.write(ByteBuffer.wrap(content));
      file.commit();
    }
  }

  /** Replaces the target with text in UTF-8; if that fails, the target keeps its own. */
  public static void write(Path target, String text) throws IOException {
    write(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes all remaining bytes at the channel's position.
   *
   * @throws IOException naming the target, such as if the disk is full
   */
  public void write(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw aboutTarget(e);
    }
  }

  /** The temporary file, open for writing. */
  public FileChannel channel() {
    return channel;
  }

  /**
   * Forces the content to disk and renames the temporary file over the target.
   *
   * @throws ClosedChannelException if this file was committed or closed before
   * @throws IOException naming the target, such as if the disk is full
   */
  public void commit() throws IOException {
    try {
      channel.force(true);
      channel.close();
      DurableFiles.rename(temporary, target);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw aboutTarget(e);
    }
    try {
      DurableFiles.forceFolder(target.getParent());
    } catch (IOException ignored) {
      // The file is whole either way; only how soon the rename is durable differs.
    }
  }

  /** Deletes the temporary file unless it was committed. */
  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(temporary);
    }
  }
}
