package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PictureTest {

  private static Picture random(int offset, int channels, int height, int width, long seed) {
    byte[] pixels = new byte[offset + channels * height * width + 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Philox.of(seed).bits(i);
    }
    return new Picture(pixels, offset, channels, height, width);
  }

  @Property(tries = 200)
  void partsAndTurnsTakeTheirPixelsFromTheRightPlaces(
      @ForAll @IntRange(max = 5) int offset,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 37) int height,
      @ForAll @IntRange(min = 1, max = 37) int width,
      @ForAll long seed) {
    Picture picture = random(offset, channels, height, width, seed);
    int top = Philox.of(seed).below(90, height);
    int left = Philox.of(seed).below(91, width);
    Picture part = picture.crop(top, left, height - top, width - left);
    Picture mirrored = picture.mirrored();
    Picture transposed = picture.transposed();
    byte[] interleaved = picture.interleaved();

    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int value = picture.at(c, y, x);
          assertEquals(value, mirrored.at(c, y, width - 1 - x));
          assertEquals(value, transposed.at(c, x, y));
          assertEquals(value, interleaved[(y * width + x) * channels + c] & 0xff);
          if (y >= top && x >= left) {
            assertEquals(value, part.at(c, y - top, x - left));
          }
        }
      }
    }
    assertEquals(picture, Picture.ofInterleaved(interleaved, channels, height, width));
  }

  @Test
  void grayAndColor() {
    Picture gray = random(2, 1, 3, 5, 1);
    Picture color = gray.rgb();

    assertSame(gray, gray.gray());
    assertSame(color, color.rgb());
    assertEquals(3, color.channels());
    assertEquals(gray, new Picture(color.pixels(), color.plane(2), 1, 3, 5));
    // The weights sum to 2^16, so equal planes are their own luma.
    assertEquals(gray, color.gray());
    byte[] red = {(byte) 255, 0, 0};
    assertArrayEquals(new byte[] {76}, Picture.of(red, 3, 1, 1).gray().pixels());
    assertThrows(ShapeException.class, () -> random(0, 2, 1, 1, 0).rgb());
    assertThrows(ShapeException.class, () -> random(0, 4, 1, 1, 0).gray());
  }

  @Test
  void equalityIsOfThePixels() {
    Picture picture = random(0, 2, 3, 4, 7);
    byte[] moved = new byte[30];
    System.arraycopy(picture.pixels(), 0, moved, 5, 24);
    Picture same = new Picture(moved, 5, 2, 3, 4);

    assertEquals(picture, same);
    assertEquals(picture.hashCode(), same.hashCode());
    moved[28]++;
    assertNotEquals(picture, same);
    assertNotEquals(picture, new Picture(picture.pixels(), 0, 2, 4, 3));
  }

  @Test
  void refusesWhatIsNotThere() {
    byte[] pixels = new byte[24];
    assertThrows(ShapeException.class, () -> Picture.of(pixels, 2, 3, 5));
    assertThrows(ShapeException.class, () -> Picture.of(pixels, 0, 3, 5));
    assertThrows(ShapeException.class, () -> new Picture(pixels, 1, 2, 3, 4));
    assertThrows(ShapeException.class, () -> new Picture(pixels, -1, 1, 3, 4));
    Picture picture = Picture.of(pixels, 2, 3, 4);
    assertThrows(ShapeException.class, () -> picture.crop(0, 0, 4, 1));
    assertThrows(ShapeException.class, () -> picture.crop(1, 0, 3, 1));
    assertThrows(ShapeException.class, () -> picture.crop(0, -1, 1, 1));
    assertThrows(ShapeException.class, () -> picture.crop(0, 0, 0, 1));
    assertThrows(ShapeException.class, () -> picture.crop(0, 0, -1, -1));
  }
}
