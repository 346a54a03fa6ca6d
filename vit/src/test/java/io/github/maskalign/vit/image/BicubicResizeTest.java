package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BicubicResizeTest {

  private static final int HEIGHT = 7;
  private static final int WIDTH = 9;

  private record Box(int top, int left, int height, int width) {}

  private record Case(Box box, int height, int width, String expected) {}

  /**
   * Expected values computed by Pillow 12.3: crop, then resize with BICUBIC, of the image below.
   */
  static Stream<Case> pillow() {
    return Stream.of(
        new Case(
            new Box(0, 0, 7, 9),
            5,
            4,
            """
            49 107 139 109 114 98 101 115 136 111 123 164 111 56 130 118 158 156 143 154
            """),
        new Case(
            new Box(0, 0, 7, 9),
            3,
            13,
            """
            67 52 73 159 98 70 119 136 131 113 91 112 136 180 119 82 138 105 70 70 116 139
            138 150 146 136 66 146 194 118 93 100 128 124 141 165 129 123 133
            """),
        new Case(
            new Box(1, 2, 5, 6),
            8,
            8,
            """
            213 151 92 75 90 157 136 49 181 123 70 58 78 161 145 53 144 94 50 48 79 153 147
            80 180 137 102 109 155 86 95 181 160 123 97 112 166 110 131 223 82 51 35 56 110
            213 236 188 71 48 41 73 142 157 123 76 76 57 56 94 173 100 23 0
            """),
        new Case(
            new Box(0, 0, 5, 9),
            8,
            9,
            """
            0 24 110 0 218 221 9 147 50 13 61 154 48 156 167 81 107 150 60 98 203 110 68 91
            180 55 250 170 41 157 75 42 75 195 61 91 231 16 151 79 65 110 134 116 60 225 40
            184 123 120 175 34 203 175 136 126 120 72 81 148 159 200 185 70 186 68 27 43 117
            255 183 176
            """),
        new Case(
            new Box(0, 1, 7, 4),
            7,
            6,
            """
            23 76 105 8 106 221 92 153 198 124 84 71 11 80 138 75 48 43 36 113 184 132 118
            121 184 132 65 36 38 49 165 121 67 49 64 83 251 216 174 168 196 223
            """));
  }

  private static Picture picture() {
    byte[] pixels = new byte[HEIGHT * WIDTH];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        pixels[y * WIDTH + x] = (byte) (x * x * 29 + y * y * 53 + x * y * 17);
      }
    }
    return Picture.of(pixels, 1, HEIGHT, WIDTH);
  }

  @ParameterizedTest
  @MethodSource("pillow")
  void equalsPillowBitForBit(Case c) {
    Box box = c.box();
    Picture part = picture().crop(box.top(), box.left(), box.height(), box.width());

    Picture resized = new BicubicResize(c.height(), c.width()).apply(part);

    byte[] expected = new byte[c.height() * c.width()];
    String[] numbers = c.expected().strip().split("\\s+");
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) Integer.parseInt(numbers[i]);
    }
    assertEquals(Picture.of(expected, 1, c.height(), c.width()), resized);
    assertArrayEquals(expected, resized.pixels());
  }

  @Property(tries = 200)
  void keepsAFlatPictureFlat(
      @ForAll @IntRange(min = 1, max = 40) int inHeight,
      @ForAll @IntRange(min = 1, max = 40) int inWidth,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll byte level) {
    byte[] in = new byte[2 * inHeight * inWidth];
    Arrays.fill(in, level);
    byte[] expected = new byte[2 * height * width];
    Arrays.fill(expected, level);

    Picture resized = new BicubicResize(height, width).apply(Picture.of(in, 2, inHeight, inWidth));

    assertEquals(Picture.of(expected, 2, height, width), resized);
  }

  @Property(tries = 100)
  void readsEachPlaneOfTheViewAlone(
      @ForAll @IntRange(min = 1, max = 40) int inHeight,
      @ForAll @IntRange(min = 1, max = 40) int inWidth,
      @ForAll @IntRange(max = 9) int offset,
      @ForAll long seed) {
    byte[] pixels = new byte[offset + 3 * inHeight * inWidth + 4];
    Philox draws = Philox.of(seed);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) draws.bits(i);
    }
    Picture whole = new Picture(pixels, offset, 3, inHeight, inWidth);
    BicubicResize resize = new BicubicResize(8, 8);

    Picture together = resize.apply(whole);

    for (int c = 0; c < 3; c++) {
      Picture plane = new Picture(pixels, whole.plane(c), 1, inHeight, inWidth);
      Picture expected = new Picture(together.pixels(), together.plane(c), 1, 8, 8);
      assertEquals(expected, resize.apply(plane));
    }
    assertEquals(8, resize.height());
    assertEquals(8, resize.width());
  }

  @Test
  void refusesASizeOfNothing() {
    assertThrows(ShapeException.class, () -> new BicubicResize(0, 8));
    assertThrows(ShapeException.class, () -> new BicubicResize(8, -1));
  }

  /** The first pass works on strips of rows. */
  @Test
  void theRowsOfALongImageAreThoseOfItsParts() {
    int height = 2100;
    byte[] pixels = new byte[height * WIDTH];
    Philox random = Philox.of(5);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.bits(i);
    }
    Picture whole = new BicubicResize(height, 5).apply(Picture.of(pixels, 1, height, WIDTH));
    for (int top : new int[] {0, 100, 1010, 2048, 2090}) {
      int rows = Math.min(40, height - top);
      byte[] part = Arrays.copyOfRange(pixels, top * WIDTH, (top + rows) * WIDTH);
      Picture resized = new BicubicResize(rows, 5).apply(Picture.of(part, 1, rows, WIDTH));
      assertArrayEquals(
          Arrays.copyOfRange(whole.pixels(), top * 5, (top + rows) * 5), resized.pixels());
    }
  }
}
