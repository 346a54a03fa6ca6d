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
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
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

  /** How long a lock is tried for, because {@link #isHeld} takes it for a moment. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration PAUSE = Duration.ofMillis(20);

  /**
   * The files that this process has locked. The system's locks belong to the whole process too:
   * closing any channel of a file releases them. Guards opening and closing of such files.
   */
  private static final Set<Object> HELD = new HashSet<>();

  private final FileLock lock;
  private final Object key;
  private final Path owner;
  private final boolean ownsChannel;
  private boolean closed;

  private WriterLock(FileLock lock, Object key, Path owner, boolean ownsChannel) {
    this.lock = lock;
    this.key = key;
    this.owner = owner;
    this.ownsChannel = ownsChannel;
  }

  /**
   * Locks a file, which is created if it is missing.
   *
   * @param what is written, for the message
   * @param otherwise what to do instead of waiting, for the message
   * @throws StateException if another process, or this one, holds the lock: names that process
   * @throws IOException if it cannot be locked, or the owner cannot be written
   */
  public static WriterLock acquire(Path file, String what, String otherwise) throws IOException {
    return acquire(file, what, otherwise, PATIENCE);
  }

  static WriterLock acquire(Path file, String what, String otherwise, Duration patience)
      throws IOException {
    synchronized (HELD) {
      refuseTwice(file, what, otherwise);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        return lock(channel, file, what, otherwise, patience, true);
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
    }
  }

  /** The same with a file that the caller has opened for writing and keeps open. */
  public static WriterLock acquire(FileChannel channel, Path file, String what, String otherwise)
      throws IOException {
    synchronized (HELD) {
      refuseTwice(file, what, otherwise);
      return lock(channel, file, what, otherwise, PATIENCE, false);
    }
  }

  /**
   * Whether somebody holds the lock of a file; never takes it from anybody.
   *
   * @throws IOException if that cannot be found out
   */
  public static boolean isHeld(Path file) throws IOException {
    synchronized (HELD) {
      if (!Files.exists(file)) {
        return false;
      }
      if (HELD.contains(key(file))) {
        return true;
      }
      if (owner(file) == null) {
        return false;
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
          FileLock free = channel.tryLock(LOCKED_BYTE, 1, true)) {
        return free == null;
      } catch (OverlappingFileLockException e) {
        return true;
      }
    }
  }

  /** What all paths of an existing file have in common. */
  private static Object key(Path file) throws IOException {
    Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return key == null ? file.toRealPath() : key;
  }

  /**
   * Refuses a second lock of this process before the file is opened: closing any channel of a file
   * releases the locks that the process has on it.
   */
  private static void refuseTwice(Path file, String what, String otherwise) throws IOException {
    if (Files.exists(file) && HELD.contains(key(file))) {
      throw inUse(file, what, otherwise);
    }
  }

  private static WriterLock lock(
      FileChannel channel,
      Path file,
      String what,
      String otherwise,
      Duration patience,
      boolean ownsChannel)
      throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock(LOCKED_BYTE, 1, false);
      long start = System.nanoTime();
      while (lock == null && System.nanoTime() - start < patience.toNanos()) {
        LockSupport.parkNanos(PAUSE.toNanos());
        lock = channel.tryLock(LOCKED_BYTE, 1, false);
      }
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
    } catch (IOException e) {
      lock.release();
      throw DurableFiles.naming(owner, e);
    }
    Object key = key(file);
    HELD.add(key);
    return new WriterLock(lock, key, owner, ownsChannel);
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
    synchronized (HELD) {
      if (closed) {
        return;
      }
      closed = true;
      HELD.remove(key);
      try {
        try {
          Files.deleteIfExists(owner);
        } finally {
          release();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot release the lock of " + owner, e);
      }
    }
  }

  private void release() throws IOException {
    if (ownsChannel) {
      lock.acquiredBy().close();
    } else if (lock.isValid()) {
      lock.release();
    }
  }
}
