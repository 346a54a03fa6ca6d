package io.github.maskalign.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {

  private static final int BYTES = 1 << 20;

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void write() throws IOException {
    path = Files.write(folder.resolve("file"), new byte[BYTES]);
  }

  private void truncate(int bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  /** Reads every page by way of the heap. */
  private static int sum(MappedFile file) {
    byte[] copy = new byte[BYTES];
    MemorySegment.copy(file.segment(), ValueLayout.JAVA_BYTE, 0, copy, 0, copy.length);
    int sum = 0;
    for (byte each : copy) {
      sum += each;
    }
    return sum;
  }

  @Test
  void theFaultOfATruncatedFileNamesIt() throws IOException {
    try (MappedFile other = MappedFile.open(Files.write(folder.resolve("other"), new byte[1]));
        MappedFile file = MappedFile.open(path)) {
      assertEquals(0, MappedFile.reading(() -> sum(file)));
      truncate(10);
      FormatException e =
          assertThrows(FormatException.class, () -> MappedFile.reading(() -> sum(file)));
      assertTrue(
          e.getMessage().startsWith(path + " was truncated while in use, from 1048576 to 10 bytes"),
          e.getMessage());
      assertThrows(FormatException.class, file::requireWhole);
      other.requireWhole();
    }
  }

  @Test
  void aFileThatIsReplacedOrGrowsIsWhole() throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      Path small = Files.write(folder.resolve("small"), new byte[1]);
      Files.move(small, path, StandardCopyOption.REPLACE_EXISTING);
      file.requireWhole();
      Files.delete(path);
      file.requireWhole();
      assertEquals(0, MappedFile.reading(() -> sum(file)));
    }
  }

  @Test
  void anotherInternalErrorIsLeftAlone() throws IOException {
    InternalError error = new InternalError("another");
    try (MappedFile file = MappedFile.open(path)) {
      file.requireWhole();
      assertSame(
          error,
          assertThrows(
              InternalError.class,
              () ->
                  MappedFile.reading(
                      () -> {
                        throw error;
                      })));
    }
  }

  @Test
  void isNamedWhereItCannotBeOpened() throws IOException {
    assertThrows(NoSuchFileException.class, () -> MappedFile.open(folder.resolve("none")));
    assertThrows(FormatException.class, () -> MappedFile.open(folder));
    MappedFile file = MappedFile.open(path);
    file.close();
    file.close();
    assertFalse(file.isOpen());
    assertThrows(ClosedException.class, file::requireWhole);
  }

  /** A pipe that nobody reads holds up the write, which uses the mapping. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void canBeClosedAfterItsUseHasEnded() throws Exception {
    Pipe pipe = Pipe.open();
    MappedFile file = MappedFile.open(path);
    Thread user =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (Pipe.SinkChannel sink = pipe.sink()) {
                    sink.write(file.segment().asByteBuffer());
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    try (Pipe.SourceChannel source = pipe.source()) {
      ByteBuffer some = ByteBuffer.allocate(1 << 16);
      assertTrue(source.read(some) > 0);
      assertThrows(IllegalStateException.class, file::close);
      assertTrue(file.isOpen());
      assertThrows(IllegalStateException.class, file::close);
      while (source.read(some.clear()) >= 0) {}
    }
    user.join();
    file.close();
    assertFalse(file.isOpen());
  }

  @Test
  void anInterruptedThreadDoesNotCloseItForOthers() throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      Thread.currentThread().interrupt();
      file.requireWhole();
      assertTrue(Thread.interrupted());
      file.requireWhole();
      truncate(10);
      assertThrows(FormatException.class, file::requireWhole);
    }
  }
}
