package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.PictureDecoder.JpegLibrary;
import io.github.maskalign.vit.image.PictureDecoder.Options;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Mutated files give a picture or a clear error, soon, and without memory that the file could not
 * ask for honestly. {@code -Dpictures.fuzz=400000} sets the number of the long test.
 */
class PictureFuzzTest {

  /** What a file of few bytes may allocate: the 1032 bytes a byte of PNG, and working memory. */
  private static final long MAX_BYTES = 64L << 20;

  /** Lossless WebP may ask for 65,536 sets of five code tables, each of a kilobyte, in any file. */
  private static final long MAX_WEBP_BYTES = 1L << 29;

  private static final long MAX_NANOS = 10_000_000_000L;

  private final List<byte[]> files = new ArrayList<>();
  private final List<PictureDecoder> decoders = new ArrayList<>();
  private int pictures;
  private int refused;

  PictureFuzzTest() {
    Picture scene = PictureFiles.scene(23, 31, 2);
    files.add(PictureFiles.jpeg(scene, 0.6, false));
    files.add(PictureFiles.jpeg(scene, 0.6, true));
    files.add(PictureFiles.png(scene));
    files.add(PictureFiles.file(PictureFiles.image(scene, BufferedImage.TYPE_BYTE_INDEXED), "png"));
    files.add(PictureFiles.file(PictureFiles.image(scene, BufferedImage.TYPE_BYTE_INDEXED), "gif"));
    files.add(PictureFiles.file(PictureFiles.image(scene, BufferedImage.TYPE_3BYTE_BGR), "bmp"));
    files.add(PictureFiles.WEBP_LOSSLESS);
    files.add(PictureFiles.WEBP_LOSSY);
    Options options = Options.defaults().withMaxPixels(1 << 20);
    decoders.add(PictureDecoder.open(options.withJpeg(JpegLibrary.IMAGEIO)));
    try {
      decoders.add(PictureDecoder.open(options.withJpeg(JpegLibrary.TURBO)));
    } catch (DeviceException e) {
      System.err.println("SKIPPED: mutated JPEG files by libjpeg-turbo: " + e.getMessage());
    }
  }

  @Test
  void mutatedFilesGiveAPictureOrAnError() {
    run(2_000, 1);
  }

  @Test
  @Tag("slow")
  void manyMutatedFiles() {
    run(Integer.getInteger("pictures.fuzz", 100_000), 2);
  }

  private void run(int count, long seed) {
    for (int i = 0; i < count; i++) {
      byte[] file = mutated(Philox.of(seed).at(i));
      for (PictureDecoder decoder : decoders) {
        decode(decoder, file, "input %d of seed %d".formatted(i, seed));
      }
    }
    assertEquals(count * decoders.size(), pictures + refused);
    assertTrue(pictures > 0 && refused > count / 4, pictures + " pictures, " + refused + " not");
  }

  private void decode(PictureDecoder decoder, byte[] file, String name) {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = thread.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    try {
      Picture picture = decoder.decode(file, name);
      assertEquals(Picture.RGB, picture.channels());
      pictures++;
    } catch (DamagedPictureException e) {
      assertEquals(name, e.name());
      assertFalse(e.reason().isBlank());
      refused++;
    }
    assertTrue(System.nanoTime() - start < MAX_NANOS, name + " took too long");
    long taken = thread.getCurrentThreadAllocatedBytes() - bytes;
    boolean webp = PictureFormat.of(file) == PictureFormat.WEBP;
    assertTrue(
        taken < (webp ? MAX_WEBP_BYTES : MAX_BYTES),
        name + " took " + taken + " bytes: " + PictureFormat.of(file));
  }

  /** Some bytes changed, taken out or doubled; more often near the begin, where the header is. */
  private byte[] mutated(Philox draws) {
    byte[] file = files.get(draws.below(0, files.size())).clone();
    int changes = 1 + draws.below(1, 4);
    for (int i = 0; i < changes; i++) {
      Philox own = draws.at(i);
      int range = own.uniform(0) < 0.5f ? Math.min(file.length, 64) : file.length;
      int at = own.below(1, range);
      switch (own.below(2, 6)) {
        case 0 -> file[at] = (byte) own.bits(9);
        case 1 -> file[at] ^= (byte) (1 << (own.bits(9) & 7));
        case 2 -> file[at] = (byte) 0xff;
        case 3 -> file[at] = 0;
        case 4 -> {
          int length = Math.min(1 + own.below(5, 8), file.length - at);
          byte[] shorter = Arrays.copyOf(file, file.length - length);
          System.arraycopy(file, at + length, shorter, at, file.length - at - length);
          file = shorter.length == 0 ? new byte[1] : shorter;
        }
        default -> {
          byte[] longer = Arrays.copyOf(file, file.length + 4);
          System.arraycopy(file, at, longer, Math.min(at + 4, longer.length), file.length - at);
          file = longer;
        }
      }
    }
    return file;
  }
}
