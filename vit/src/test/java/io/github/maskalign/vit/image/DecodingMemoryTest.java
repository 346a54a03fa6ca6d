package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.IIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodingMemoryTest {

  private static final PictureHeader HEADER =
      new PictureHeader(PictureFormat.PNG, 100, 50, Orientation.UPRIGHT);
  private static final Picture PICTURE = Picture.of(new byte[3], 3, 1, 1);
  private static final long GIGABYTE = 1 << 30;

  private static long used() {
    Runtime java = Runtime.getRuntime();
    return java.totalMemory() - java.freeMemory();
  }

  /** Readers of javax.imageio wrap the error, as if the file were damaged. */
  private static Picture fail(String message) throws IOException {
    throw new IIOException("Caught exception during read: ", new OutOfMemoryError(message));
  }

  private static Picture fail() throws IOException {
    return fail("Java heap space");
  }

  @Test
  void anImageThatExceedsTheHeapIsNotTried() {
    DecodingMemory memory = new DecodingMemory(1000);
    OutOfMemoryException full =
        assertThrows(
            OutOfMemoryException.class,
            () -> memory.run(HEADER, 3 * GIGABYTE, "a.png", () -> PICTURE));
    String said = full.getMessage();
    assertTrue(
        said.matches(
            "a.png: decoding a PNG of 100 x 50 pixels needs about 3222 MB of memory; Java may use"
                + " \\d+ MB in all: allow more with -Xmx\\d+g \\(for bin/maskalign:"
                + " MASKALIGN_JAVA_OPTS=-Xmx\\d+g\\)"),
        said);
  }

  @Test
  void aFailureForLackOfMemoryIsTriedAgainAlone() throws IOException {
    AtomicInteger tries = new AtomicInteger();
    Picture decoded =
        new DecodingMemory(GIGABYTE)
            .run(
                HEADER,
                1000,
                "a.png",
                () -> {
                  if (tries.getAndIncrement() == 0) {
                    return fail();
                  }
                  return PICTURE;
                });
    assertSame(PICTURE, decoded);
    assertEquals(2, tries.get());
  }

  @Test
  void lackOfMemoryIsNotDamage() {
    DecodingMemory memory = new DecodingMemory(used() + GIGABYTE / 64);
    assertThrows(
        OutOfMemoryException.class,
        () -> memory.run(HEADER, 1000, "a.png", DecodingMemoryTest::fail));
  }

  /** Those of Arena.allocate, of Unsafe, of libjpeg and of libwebp. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cannot reserve 150000000 bytes of direct buffer memory (allocated: 5, limit: 8)",
        "Unable to allocate 150000000 bytes",
        "Insufficient memory (case 4)",
        "libwebp.so.7: out of memory"
      })
  void lackOfMemoryOutsideOfTheHeapIsNotDamageThoughTheHeapIsFree(String error) {
    DecodingMemory memory = new DecodingMemory(used() + 4 * GIGABYTE);
    OutOfMemoryException full =
        assertThrows(
            OutOfMemoryException.class, () -> memory.run(HEADER, 1000, "a.jpg", () -> fail(error)));
    String expected =
        "a.jpg: decoding a PNG of 100 x 50 pixels needs about 1 MB of memory outside of Java's heap ("
            + error
            + "); "
            + (error.contains("limit") ? "Java may use " : "close other programs, ");
    assertTrue(full.getMessage().startsWith(expected), full.getMessage());
  }

  /** A small file that made its reader ask for gigabytes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Java heap space",
        "Requested array size exceeds VM limit",
        "Required length exceeds implementation limit"
      })
  void anImageThatAsksForMoreThanItsSizeIsDamaged(String error) {
    DecodingMemory memory = new DecodingMemory(used() + 4 * GIGABYTE);
    IOException damaged =
        assertThrows(IOException.class, () -> memory.run(HEADER, 1000, "a.png", () -> fail(error)));
    assertEquals("asks for more memory than an image of its size needs", damaged.getMessage());
  }

  @Test
  void otherFailuresPass() {
    DecodingMemory memory = new DecodingMemory(GIGABYTE);
    assertThrows(
        ArithmeticException.class,
        () ->
            memory.run(
                HEADER,
                1000,
                "a.png",
                () -> {
                  throw new ArithmeticException();
                }));
  }

  @Test
  void largeImagesWaitForEachOther() throws Exception {
    DecodingMemory memory = new DecodingMemory(GIGABYTE);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Picture>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        all.add(
            threads.submit(
                () ->
                    memory.run(
                        HEADER,
                        GIGABYTE / 2,
                        "a.png",
                        () -> {
                          overlaps.addAndGet(inside.getAndIncrement());
                          Thread.yield();
                          inside.getAndDecrement();
                          return PICTURE;
                        })));
      }
      for (Future<Picture> one : all) {
        assertFalse(one.get() == null);
      }
    }
    assertEquals(0, overlaps.get());
  }
}
