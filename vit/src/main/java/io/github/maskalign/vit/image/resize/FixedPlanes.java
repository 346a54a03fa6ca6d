package io.github.maskalign.vit.image.resize;

import org.jspecify.annotations.Nullable;

/**
 * Resizes planes of bytes: along the rows, then across them, each rounded to 8 bits. What is not
 * needed for the computed outputs is not read, and the result of the first pass has a bounded size,
 * however elongated an image is.
 *
 * @param rows the vertical axis
 * @param columns the horizontal axis
 * @since 0.1.0
 */
public record FixedPlanes(FixedAxis rows, FixedAxis columns) {

  /** Rows of the first pass that are transposed at once: a large image needs no second plane. */
  private static final int STRIP = 1024;

  /** Bytes of the result of the first pass. */
  private static final int MOST_WIDE = 1 << 25;

  /** in [planes, rows, columns] -> out [planes, computed rows, computed columns]. */
  public void apply(byte[] in, int from, int planes, byte[] out) {
    for (Outputs down : rows.blocks(rows.outputs().count())) {
      FixedTaps vertical = rows.resized() ? rows.taps(down) : null;
      int top = vertical == null ? down.from() : vertical.from();
      int bottom = vertical == null ? down.end() : vertical.end();
      for (Outputs across : columns.blocks(Math.max(1, MOST_WIDE / (bottom - top)))) {
        FixedTaps horizontal = columns.resized() ? columns.taps(across) : null;
        Tile tile = new Tile(down, across, top, bottom - top, vertical, horizontal);
        for (int plane = 0; plane < planes; plane++) {
          int start = from + plane * rows.inputs() * columns.inputs();
          int to = plane * rows.outputs().count() * columns.outputs().count();
          tile.apply(in, start, out, to);
        }
      }
    }
  }

  /** A block of rows and of columns of the result. */
  private final class Tile {
    private final Outputs down;
    private final Outputs across;
    private final int top;
    private final int height;
    private final @Nullable FixedTaps vertical;
    private final @Nullable Wide wide;

    Tile(
        Outputs down,
        Outputs across,
        int top,
        int height,
        @Nullable FixedTaps vertical,
        @Nullable FixedTaps horizontal) {
      this.down = down;
      this.across = across;
      this.top = top;
      this.height = height;
      this.vertical = vertical;
      wide = horizontal == null ? null : new Wide(horizontal, height);
    }

    void apply(byte[] in, int plane, byte[] out, int to) {
      int width = columns.outputs().count();
      int tile = to + (down.from() - rows.outputs().from()) * width;
      tile += across.from() - columns.outputs().from();
      int start = plane + top * columns.inputs();
      if (wide == null) {
        second(in, start + across.from(), columns.inputs(), out, tile, width);
      } else {
        wide.fill(in, start, columns.inputs());
        second(wide.pixels, 0, across.count(), out, tile, width);
      }
    }

    private void second(byte[] in, int from, int stride, byte[] out, int to, int outStride) {
      if (vertical != null) {
        vertical.apply(in, from, stride, across.count(), out, to, outStride);
        return;
      }
      for (int y = 0; y < height; y++) {
        System.arraycopy(in, from + y * stride, out, to + y * outStride, across.count());
      }
    }
  }

  /** The result of the first pass over some rows, and some of them transposed. */
  private static final class Wide {
    private final FixedTaps taps;
    private final int height;
    private final byte[] pixels;
    private final byte[] turned;
    private final byte[] resized;

    Wide(FixedTaps taps, int height) {
      this.taps = taps;
      this.height = height;
      int strip = Math.min(STRIP, height);
      pixels = new byte[height * taps.outputs()];
      turned = new byte[strip * (taps.end() - taps.from())];
      resized = new byte[strip * taps.outputs()];
    }

    /** Transposed, since the kernel processes whole rows. */
    void fill(byte[] in, int from, int stride) {
      int width = taps.end() - taps.from();
      int outputs = taps.outputs();
      for (int top = 0; top < height; top += STRIP) {
        int strip = Math.min(STRIP, height - top);
        int start = from + top * stride + taps.from();
        Transpose.copy(in, start, stride, strip, width, turned, 0);
        taps.apply(turned, 0, strip, strip, resized, 0, strip);
        Transpose.copy(resized, 0, strip, outputs, strip, pixels, top * outputs);
      }
    }
  }
}
