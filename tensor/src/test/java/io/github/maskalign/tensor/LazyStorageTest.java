package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content that is loaded on first use. */
class LazyStorageTest {

  private static final Shape SHAPE = Shape.of(2, 3);

  private final Backend backend = new ReferenceBackend(new HostPool(Long.MAX_VALUE, true));
  private final Scope scope = Scope.root(backend, "test");
  private final Tensor tensor = scope.lazy(DType.F32, SHAPE);
  private final LazyStorage storage = assertInstanceOf(LazyStorage.class, tensor.storage());
  private final List<MemorySegment> fetched = new ArrayList<>();

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private MemorySegment fetch(Arena arena) {
    MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4, 5, 6);
    fetched.add(copy);
    return copy;
  }

  @Test
  void withoutASourceItIsMemoryOfZeros() {
    assertArrayEquals(new float[6], tensor.toFloats());
    backend.fill(tensor, 2);
    assertArrayEquals(new float[] {2, 2, 2, 2, 2, 2}, tensor.toFloats());
    assertFalse(storage.isFrozen());
    assertEquals(24, storage.bytes());
  }

  @Test
  void theContentIsFetchedWhenItIsReadAndKept() {
    storage.from(this::fetch);
    assertTrue(storage.isFrozen());
    assertEquals(0, fetched.size());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, tensor.toFloats());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, tensor.toFloats());
    assertEquals(1, fetched.size());
    scope.release(tensor);
    assertFalse(fetched.getFirst().scope().isAlive());
  }

  @Test
  void aSingleReadKeepsNothing() {
    storage.from(this::fetch);
    float sixth = storage.once(memory -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, 5));
    assertEquals(6, sixth);
    assertFalse(fetched.getFirst().scope().isAlive());
    assertEquals(6, tensor.toFloats()[5]);
    assertEquals(2, fetched.size());
    MemorySegment kept = storage.once(memory -> memory);
    assertSame(storage.segment(), kept);
    assertEquals(2, fetched.size());
  }

  @Test
  void aFileThatIsReadOnceIsThereAgain(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("values");
    Files.write(file, new byte[24]);
    try (FileChannel channel = FileChannel.open(file);
        Arena arena = Arena.ofShared()) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 24, arena);
      storage.from(_ -> mapped);
      float sixth = storage.once(memory -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, 5));
      assertEquals(0, sixth);
      assertArrayEquals(new float[6], tensor.toFloats());
    }
  }

  @Test
  void aContentOfAnotherSizeIsRefused() {
    storage.from(arena -> arena.allocate(20));
    String message = assertThrows(ShapeException.class, tensor::toFloats).getMessage();
    assertTrue(message.contains("20 bytes") && message.contains("24"), message);
    assertThrows(ShapeException.class, () -> storage.once(MemorySegment::byteSize));
    assertThrows(StateException.class, () -> storage.from(this::fetch));
  }

  @Test
  void aFailedFetchIsTriedAgain() {
    storage.from(
        arena -> {
          MemorySegment copy = fetch(arena);
          if (fetched.size() == 1) {
            throw new FormatException("the file is gone");
          }
          return copy;
        });
    assertThrows(FormatException.class, tensor::toFloats);
    assertFalse(fetched.getFirst().scope().isAlive());
    assertEquals(6, tensor.toFloats()[5]);
  }

  @Test
  void manyReadersFetchOnce() throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    storage.from(this::fetch);
    List<Thread> readers = new ArrayList<>();
    List<MemorySegment> seen = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 8; i++) {
      readers.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                seen.add(storage.segment());
              }));
    }
    start.countDown();
    for (Thread reader : readers) {
      reader.join();
    }
    assertEquals(8, seen.size());
    seen.forEach(segment -> assertSame(storage.segment(), segment));
    assertEquals(1, fetched.size());
  }
}
