package io.github.maskalign.tensor.io;

import io.github.maskalign.tensor.error.StateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to something that has one writer at a time. The operating system holds the
 * lock, and releases it when the process ends in whatever way. Readers are not affected.
 *
 * <p>Besides the locked file, a file named {@code .NAME.owner} tells who holds the lock; what a
 * killed process has left of it means nothing.
 *
 * @since 0.1.0
 */
public final class WriterLock implements AutoCloseable {

  /** A byte that no file has, since on Windows nobody can read what is locked. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final FileLock lock;
  private final Path owner;
  private final boolean ownsChannel;

  private WriterLock(FileLock lock, Path owner, boolean ownsChannel) {
    this.lock = lock;
    this.owner = owner;
    this.ownsChannel = ownsChannel;
  }

  /**
   * Locks a file, which is created if it is missing.
   *
   * @param what is written, for the message
   * @param otherwise what to do instead of waiting, for the message
   * @throws StateException if another process, or this one, holds the lock: names that process
   */
  public static WriterLock acquire(Path file, String what, String otherwise) throws IOException {
    refuseTwice(file, what, otherwise);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      return lock(channel, file, what, otherwise, true);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** The same with a file that the caller has opened for writing and keeps open. */
  public static WriterLock acquire(FileChannel channel, Path file, String what, String otherwise)
      throws IOException {
    refuseTwice(file, what, otherwise);
    return lock(channel, file, what, otherwise, false);
  }

  /**
   * Whether somebody holds the lock of a file; never takes it from anybody.
   *
   * @throws IOException if that cannot be found out
   */
  public static boolean isHeld(Path file) throws IOException {
    String owner = owner(file);
    if (owner == null || !Files.exists(file)) {
      return false;
    }
    if (owner.equals(thisProcess())) {
      return true;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock free = channel.tryLock(LOCKED_BYTE, 1, true)) {
      return free == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  /**
   * Refuses a second lock of this process before the file is opened: closing any channel of a file
   * releases the locks that the process has on it.
   */
  private static void refuseTwice(Path file, String what, String otherwise) throws IOException {
    if (thisProcess().equals(owner(file))) {
      throw inUse(file, what, otherwise);
    }
  }

  private static WriterLock lock(
      FileChannel channel, Path file, String what, String otherwise, boolean ownsChannel)
      throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException e) {
      throw inUse(file, what, otherwise);
    } catch (IOException e) {
      throw new IOException(
          "cannot lock %s (%s): its file system has no locks; use another one"
              .formatted(file, e.getMessage()),
          e);
    }
    if (lock == null) {
      throw inUse(file, what, otherwise);
    }
    Path owner = ownerFile(file);
    try {
      Files.writeString(owner, thisProcess());
    } catch (IOException fullDisk) {
      // The lock holds without it.
    }
    return new WriterLock(lock, owner, ownsChannel);
  }

  private static StateException inUse(Path file, String what, String otherwise) {
    String owner = owner(file);
    return new StateException(
        "%s is in use by %s; wait until it ends, or %s"
            .formatted(what, owner == null ? "another process" : owner, otherwise));
  }

  private static Path ownerFile(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling((name.startsWith(".") ? name : "." + name) + ".owner");
  }

  /** Null if nobody has written it yet. */
  private static @Nullable String owner(Path file) {
    try {
      String text = Files.readString(ownerFile(file)).strip();
      return text.isEmpty() || text.length() > 200 ? null : text;
    } catch (IOException e) {
      return null;
    }
  }

  private static String thisProcess() throws IOException {
    ProcessHandle process = ProcessHandle.current();
    String since =
        process
            .info()
            .startInstant()
            .map(Instant::toString)
            .map(start -> ", started " + start)
            .orElse("");
    return "process %d on host %s%s".formatted(process.pid(), host(), since);
  }

  private static String host() throws IOException {
    return Files.isReadable(HOST_NAME)
        ? Files.readString(HOST_NAME).strip()
        : InetAddress.getLocalHost().getHostName();
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(owner);
      if (ownsChannel) {
        lock.acquiredBy().close();
      } else if (lock.isValid()) {
        lock.release();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release the lock of " + owner, e);
    }
  }
}
