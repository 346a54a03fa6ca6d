package io.github.maskalign.vit.hub.cache;

import io.github.maskalign.tensor.error.ThreadInterruptedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two threads or processes from fetching the same content. It saves work and nothing else:
 * where it cannot be had, and beside Python, whose locks are of another kind on Linux, a content is
 * fetched twice and correct both times.
 */
final class FetchLock implements AutoCloseable {

  private static final long PAUSE_MILLIS = 200;

  /**
   * The files that this process has locked. The system's locks belong to the process as a whole,
   * and closing any channel of a file releases them, so a file must not even be opened twice.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path key;
  private final @Nullable FileChannel channel;

  private FetchLock(Path key, @Nullable FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @param folder of locks
   * @param waiting called once, if somebody else has it
   */
  static FetchLock acquire(Path folder, String name, Runnable waiting) {
    Path key = key(folder).resolve(name + ".lock");
    boolean told = false;
    while (true) {
      FetchLock lock = tryAcquire(key);
      if (lock != null) {
        return lock;
      }
      if (!told) {
        waiting.run();
        told = true;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw new ThreadInterruptedException("interrupted while another process fetches a file", e);
      }
    }
  }

  /** The folder without links in its path, so that it is the same for all that mean it. */
  private static Path key(Path folder) {
    try {
      Files.createDirectories(folder);
      return folder.toRealPath();
    } catch (IOException e) {
      return folder.toAbsolutePath().normalize();
    }
  }

  private static @Nullable FetchLock tryAcquire(Path key) {
    synchronized (HELD) {
      if (!HELD.add(key)) {
        return null;
      }
    }
    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = open(key);
      FileLock lock = channel.tryLock();
      taken = lock != null;
      return taken ? new FetchLock(key, channel) : null;
    } catch (OverlappingFileLockException e) {
      return null; // by a copy of this class
    } catch (IOException e) {
      taken = true; // There are no locks here, or no right to write.
      close(channel);
      return new FetchLock(key, null);
    } finally {
      if (!taken) {
        close(channel);
        release(key);
      }
    }
  }

  private static FileChannel open(Path file) throws IOException {
    boolean isNew = Files.notExists(file);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (isNew) {
      try {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
      } catch (IOException | UnsupportedOperationException e) {
        // Other users then go without the lock.
      }
    }
    return channel;
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // The lock ends with the process at the latest.
    }
  }

  private static void release(Path key) {
    synchronized (HELD) {
      HELD.remove(key);
    }
  }

  /** Releases the lock; its file stays, as another process may be waiting at it. */
  @Override
  public void close() {
    close(channel);
    release(key);
  }
}
