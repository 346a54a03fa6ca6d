package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.ExactResize;
import io.github.maskalign.vit.image.resize.Filter;
import io.github.maskalign.vit.image.resize.Nearest;
import io.github.maskalign.vit.image.resize.Outputs;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResizeTest {

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
    return picture(HEIGHT, WIDTH);
  }

  private static Picture picture(int height, int width) {
    byte[] pixels = new byte[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixels[y * width + x] = (byte) (x * x * 29 + y * y * 53 + x * y * 17);
      }
    }
    return Picture.of(pixels, 1, height, width);
  }

  /**
   * CRC-32 of the image above, of 7 x 9 and of 61 x 83 pixels, resized by Pillow 13.0, each pass of
   * its own, and by torchvision 0.29.2 with antialiasing.
   */
  @ParameterizedTest
  @CsvSource({
    "NEAREST,  PILLOW,      e5bb9584 c89775e3 0617fc7b 70cf88bd 0c802d89",
    "NEAREST,  TORCHVISION, e5bb9584 c89775e3 0617fc7b 70cf88bd 0c802d89",
    "LANCZOS,  PILLOW,      27aed81a 67d9fe4c b1b2b657 1e3a2db2 cf357b78",
    "LANCZOS,  TORCHVISION, 27aed81a 67d9fe4c b58da0d3 d82141d3 cf357b78",
    "BILINEAR, PILLOW,      bb2a4d71 2dd8b7db 1491d950 67198374 a2960258",
    "BILINEAR, TORCHVISION, bb2a4d71 2dd8b7db f3cea62f 76ccc9f8 a2960258",
    "BICUBIC,  PILLOW,      7ed6ae2c 366ef61f 709d1b64 bbd34fc9 69ea5b73",
    "BICUBIC,  TORCHVISION, 7ed6ae2c ecb826c2 73f2e2f0 03bbc64f b7de32ad",
    "BOX,      PILLOW,      7cde2d85 c89775e3 daf44de0 70cf88bd bf7b4f9f",
    "HAMMING,  PILLOW,      199bfea1 ef89041d c5c3b267 14409c98 666268c5"
  })
  void everyFilterHasTheBitsOfItsLibrary(Filter filter, Arithmetic arithmetic, String sums) {
    String[] expected = sums.split(" ");
    int[][] sizes = {{5, 4}, {8, 23}, {40, 24}, {60, 90}, {13, 5}};
    for (int i = 0; i < sizes.length; i++) {
      Picture in = i < 2 ? picture() : picture(61, 83);
      Picture out = new Resize(sizes[i][0], sizes[i][1], filter, arithmetic).apply(in);
      CRC32 sum = new CRC32();
      sum.update(out.pixels());
      assertEquals(expected[i], "%08x".formatted(sum.getValue()), Arrays.toString(sizes[i]));
    }
  }

  /** Sixteen-bit and float planes: a pass of doubles and one of bytes round the same sums. */
  @ParameterizedTest
  @EnumSource(Filter.class)
  void doublesAgreeWithBytes(Filter filter) {
    Picture in = picture(61, 83);
    double[] plane = new double[in.area()];
    Arrays.setAll(plane, i -> in.pixels()[i] & 0xff);
    double[] exact =
        new ExactResize(filter, v -> Math.clamp(Math.floor(v + 0.5), 0.0, 255.0))
            .apply(rows(plane, 83), 61, 83, Outputs.all(40), Outputs.all(24));
    Picture bytes = new Resize(40, 24, filter, Arithmetic.PILLOW).apply(in);
    for (int i = 0; i < exact.length; i++) {
      assertEquals(bytes.pixels()[i] & 0xff, exact[i], 1.0);
    }
  }

  @Test
  void numbersAndNamesOfFilters() {
    assertEquals(Filter.NEAREST, Filter.ofNumber(0).orElseThrow());
    assertEquals(Filter.HAMMING, Filter.ofNumber(5).orElseThrow());
    assertTrue(Filter.ofNumber(6).isEmpty());
    assertTrue(Filter.ofNumber(-1).isEmpty());
    assertEquals(Filter.LANCZOS, Filter.ofName("lanczos").orElseThrow());
    assertTrue(Filter.ofName("Lanczos").isEmpty());
  }

  @ParameterizedTest
  @MethodSource("pillow")
  void equalsPillowBitForBit(Case c) {
    Box box = c.box();
    Picture part = picture().crop(box.top(), box.left(), box.height(), box.width());

    Picture resized = Resize.bicubic(c.height(), c.width()).apply(part);

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

    Picture resized = Resize.bicubic(height, width).apply(Picture.of(in, 2, inHeight, inWidth));

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
    Resize resize = Resize.bicubic(8, 8);

    Picture together = resize.apply(whole);

    for (int c = 0; c < 3; c++) {
      Picture plane = new Picture(pixels, whole.plane(c), 1, inHeight, inWidth);
      Picture expected = new Picture(together.pixels(), together.plane(c), 1, 8, 8);
      assertEquals(expected, resize.apply(plane));
    }
    assertEquals(8, resize.height());
    assertEquals(8, resize.width());
  }

  private static ExactResize.Rows rows(double[] plane, int width) {
    return (y, row) -> System.arraycopy(plane, width * y, row, 0, width);
  }

  private static Picture random(int channels, int height, int width) {
    byte[] pixels = new byte[channels * height * width];
    Philox random = Philox.of(5);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.bits(i);
    }
    return Picture.of(pixels, channels, height, width);
  }

  /** As many sizes as fit: kept, reduced and enlarged axes, and parts at every place. */
  @Property(tries = 200)
  void aPartIsThatOfTheWhole(
      @ForAll Filter filter,
      @ForAll boolean torchvision,
      @ForAll @Size(2) List<@IntRange(min = 1, max = 40) Integer> in,
      @ForAll @Size(2) List<@IntRange(min = 1, max = 40) Integer> out,
      @ForAll @Size(4) List<@IntRange(max = 39) Integer> part) {
    Arithmetic arithmetic = torchvision ? Arithmetic.TORCHVISION : Arithmetic.PILLOW;
    Picture picture = random(2, in.get(0), in.get(1));
    int height = part.get(0) % 3 == 0 ? in.get(0) : out.get(0);
    int width = part.get(1) % 3 == 0 ? in.get(1) : out.get(1);
    Outputs rows = part(height, part.get(0), part.get(2));
    Outputs columns = part(width, part.get(1), part.get(3));
    Picture whole = new Resize(height, width, filter, arithmetic).apply(picture);
    assertEquals(
        whole.crop(rows.from(), columns.from(), rows.count(), columns.count()),
        new Resize(rows, columns, filter, arithmetic).apply(picture));

    double[] plane = new double[picture.area()];
    Arrays.setAll(plane, i -> picture.pixels()[i] & 0xff);
    ExactResize exact = new ExactResize(filter, v -> (float) v);
    double[] all =
        exact.apply(
            rows(plane, in.get(1)), in.get(0), in.get(1), Outputs.all(height), Outputs.all(width));
    double[] some = exact.apply(rows(plane, in.get(1)), in.get(0), in.get(1), rows, columns);
    for (int i = 0; i < some.length; i++) {
      int y = rows.from() + i / columns.count();
      assertEquals(all[y * width + columns.from() + i % columns.count()], some[i]);
    }
  }

  private static Outputs part(int size, int from, int count) {
    int first = from % size;
    return new Outputs(size, first, 1 + count % (size - first));
  }

  /** Sides so long that their weights, or the result of the first pass, are computed in blocks. */
  @ParameterizedTest
  @CsvSource({
    "200000, 3,      16, 224, PILLOW",
    "3,      200000, 17, 12,  PILLOW",
    "150000, 2,      9,  400, TORCHVISION",
    "2,      30000,  5,  90000, TORCHVISION",
    "90000,  2,      90000, 401, PILLOW"
  })
  void aLongImageIsThatOfItsParts(
      int inHeight, int inWidth, int height, int width, Arithmetic arithmetic) {
    Picture in = random(1, inHeight, inWidth);
    Picture whole = new Resize(height, width, Filter.BICUBIC, arithmetic).apply(in);
    double[] plane = new double[in.area()];
    Arrays.setAll(plane, i -> in.pixels()[i] & 0xff);
    ExactResize exact = new ExactResize(Filter.BICUBIC, v -> (float) v);
    double[] all =
        exact.apply(
            rows(plane, inWidth), inHeight, inWidth, Outputs.all(height), Outputs.all(width));
    for (int at = 0; at < 12; at++) {
      Outputs row = new Outputs(height, (int) ((long) at * (height - 1) / 11), 1);
      Outputs column = new Outputs(width, (int) ((long) at * (width - 1) / 11), 1);
      assertEquals(
          whole.crop(row.from(), column.from(), 1, 1),
          new Resize(row, column, Filter.BICUBIC, arithmetic).apply(in));
      assertEquals(
          all[row.from() * width + column.from()],
          exact.apply(rows(plane, inWidth), inHeight, inWidth, row, column)[0]);
    }
  }

  private static int[] nearest(Arithmetic arithmetic, int in, int out) {
    return Nearest.inputs(arithmetic, in, Outputs.all(out));
  }

  /** What Pillow 12.1 and torchvision 0.29 take where a center lies between two pixels. */
  @Test
  void theNearestPixelIsThatOfTheLibrary() {
    assertArrayEquals(new int[] {0, 0, 0, 0, 1, 1, 1}, nearest(Arithmetic.PILLOW, 2, 7));
    for (Arithmetic other : new Arithmetic[] {Arithmetic.TORCHVISION, Arithmetic.FLOAT}) {
      assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1, 1}, nearest(other, 2, 7));
    }
    assertEquals(23, nearest(Arithmetic.PILLOW, 64, 20)[7]);
    assertEquals(24, nearest(Arithmetic.TORCHVISION, 64, 20)[7]);
    Picture row = Picture.of(new byte[] {10, 90}, 1, 1, 2);
    assertArrayEquals(
        new byte[] {10, 10, 10, 10, 90, 90, 90},
        new Resize(1, 7, Filter.NEAREST, Arithmetic.PILLOW).apply(row).pixels());
  }

  @Test
  void refusesASizeOfNothing() {
    assertThrows(ShapeException.class, () -> Resize.bicubic(0, 8));
    assertThrows(ShapeException.class, () -> Resize.bicubic(8, -1));
    assertThrows(ShapeException.class, () -> new Outputs(8, 5, 4));
    assertThrows(ShapeException.class, () -> new Outputs(8, 5, 0));
    assertThrows(ShapeException.class, () -> new Outputs(8, -1, 4));
  }

  /** The first pass works on strips of rows. */
  @Test
  void theRowsOfALongImageAreThoseOfItsParts() {
    int height = 2100;
    byte[] pixels = random(1, height, WIDTH).pixels();
    Picture whole = Resize.bicubic(height, 5).apply(Picture.of(pixels, 1, height, WIDTH));
    for (int top : new int[] {0, 100, 1010, 2048, 2090}) {
      int rows = Math.min(40, height - top);
      byte[] part = Arrays.copyOfRange(pixels, top * WIDTH, (top + rows) * WIDTH);
      Picture resized = Resize.bicubic(rows, 5).apply(Picture.of(part, 1, rows, WIDTH));
      assertArrayEquals(
          Arrays.copyOfRange(whole.pixels(), top * 5, (top + rows) * 5), resized.pixels());
    }
  }
}
