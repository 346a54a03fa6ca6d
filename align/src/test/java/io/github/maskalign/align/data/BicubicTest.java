package io.github.maskalign.align.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BicubicTest {

  private static final int HEIGHT = 7;
  private static final int WIDTH = 9;

  private record Case(CropBox box, int height, int width, String expected) {}

  /** Computed by Pillow 12.3: crop, then resize with BICUBIC, of the picture below. */
  static Stream<Case> pillow() {
    return Stream.of(
        new Case(
            new CropBox(0, 0, 7, 9),
            5,
            4,
            """
            49 107 139 109 114 98 101 115 136 111 123 164 111 56 130 118 158 156 143 154
            """),
        new Case(
            new CropBox(0, 0, 7, 9),
            3,
            13,
            """
            67 52 73 159 98 70 119 136 131 113 91 112 136 180 119 82 138 105 70 70 116 139
            138 150 146 136 66 146 194 118 93 100 128 124 141 165 129 123 133
            """),
        new Case(
            new CropBox(1, 2, 5, 6),
            8,
            8,
            """
            213 151 92 75 90 157 136 49 181 123 70 58 78 161 145 53 144 94 50 48 79 153 147
            80 180 137 102 109 155 86 95 181 160 123 97 112 166 110 131 223 82 51 35 56 110
            213 236 188 71 48 41 73 142 157 123 76 76 57 56 94 173 100 23 0
            """),
        new Case(
            new CropBox(0, 0, 5, 9),
            8,
            9,
            """
            0 24 110 0 218 221 9 147 50 13 61 154 48 156 167 81 107 150 60 98 203 110 68 91
            180 55 250 170 41 157 75 42 75 195 61 91 231 16 151 79 65 110 134 116 60 225 40
            184 123 120 175 34 203 175 136 126 120 72 81 148 159 200 185 70 186 68 27 43 117
            255 183 176
            """),
        new Case(
            new CropBox(0, 1, 7, 4),
            7,
            6,
            """
            23 76 105 8 106 221 92 153 198 124 84 71 11 80 138 75 48 43 36 113 184 132 118
            121 184 132 65 36 38 49 165 121 67 49 64 83 251 216 174 168 196 223
            """));
  }

  private static byte[] picture() {
    byte[] pixels = new byte[HEIGHT * WIDTH];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        pixels[y * WIDTH + x] = (byte) (x * x * 29 + y * y * 53 + x * y * 17);
      }
    }
    return pixels;
  }

  @ParameterizedTest
  @MethodSource("pillow")
  void equalsPillowBitForBit(Case c) {
    byte[] out = new byte[c.height() * c.width()];

    new Bicubic(c.height(), c.width())
        .resize(
            picture(),
            c.box().top() * WIDTH + c.box().left(),
            WIDTH,
            c.box().height(),
            c.box().width(),
            out,
            0);

    int[] found = new int[out.length];
    Arrays.setAll(found, i -> out[i] & 0xff);
    int[] expected = Stream.of(c.expected().split("\\s+")).mapToInt(Integer::parseInt).toArray();
    assertArrayEquals(expected, found);
  }

  @Property(tries = 200)
  void keepsAFlatPictureFlatAndTouchesNothingElse(
      @ForAll @IntRange(min = 1, max = 40) int inHeight,
      @ForAll @IntRange(min = 1, max = 40) int inWidth,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll byte level) {
    byte[] in = new byte[inHeight * inWidth];
    Arrays.fill(in, level);
    byte[] out = new byte[height * width + 2];

    new Bicubic(height, width).resize(in, 0, inWidth, inHeight, inWidth, out, 1);

    byte[] expected = new byte[out.length];
    Arrays.fill(expected, 1, out.length - 1, level);
    assertArrayEquals(expected, out);
  }

  @Property(tries = 100)
  void readsTheBoxAlone(
      @ForAll @IntRange(min = 1, max = 12) int boxHeight,
      @ForAll @IntRange(min = 1, max = 12) int boxWidth,
      @ForAll @IntRange(max = 5) int top,
      @ForAll @IntRange(max = 5) int left,
      @ForAll long seed) {
    int stride = left + boxWidth + 3;
    byte[] whole = new byte[(top + boxHeight + 2) * stride];
    Philox draws = Philox.of(seed);
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (byte) draws.bits(i);
    }
    byte[] alone = new byte[boxHeight * boxWidth];
    for (int y = 0; y < boxHeight; y++) {
      System.arraycopy(whole, (top + y) * stride + left, alone, y * boxWidth, boxWidth);
    }
    Bicubic bicubic = new Bicubic(8, 8);
    byte[] fromWhole = new byte[64];
    byte[] fromAlone = new byte[64];

    bicubic.resize(whole, top * stride + left, stride, boxHeight, boxWidth, fromWhole, 0);
    bicubic.resize(alone, 0, boxWidth, boxHeight, boxWidth, fromAlone, 0);

    assertArrayEquals(fromAlone, fromWhole);
    assertEquals(8, bicubic.height());
    assertEquals(8, bicubic.width());
  }
}
