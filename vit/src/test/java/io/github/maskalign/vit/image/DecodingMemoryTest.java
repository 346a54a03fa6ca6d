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
  private static Picture fail() throws IOException {
    throw new IIOException("Caught exception during read: ", new OutOfMemoryError("test"));
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
            "a.png: decoding a PNG of 100 x 50 pixels needs about 3072 MB of memory; Java may use"
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

  /** A small file that made its reader ask for gigabytes. */
  @Test
  void anImageThatAsksForMoreThanItsSizeIsDamaged() {
    DecodingMemory memory = new DecodingMemory(used() + 4 * GIGABYTE);
    IOException damaged =
        assertThrows(
            IOException.class, () -> memory.run(HEADER, 1000, "a.png", DecodingMemoryTest::fail));
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
