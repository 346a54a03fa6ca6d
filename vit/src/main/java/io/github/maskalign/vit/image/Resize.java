package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import io.github.maskalign.vit.image.resize.FixedTaps;
import io.github.maskalign.vit.image.resize.Nearest;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Resizes images to a fixed size: along the rows, then across them, each rounded to 8 bits. The
 * order is that of Pillow up to version 12.1 and of torchvision. A pass whose size does not change
 * is skipped.
 *
 * <p>Thread-safe; the weights of each input size are computed once.
 *
 * @since 0.1.0
 */
public final class Resize {

  /** Rows of the first pass that are transposed at once: a large image needs no second plane. */
  private static final int STRIP = 1024;

  private final Filter filter;
  private final Arithmetic arithmetic;
  private final Axis rows;
  private final Axis columns;

  /**
   * Resizes to height x width.
   *
   * @param arithmetic with results of 8 bits
   * @throws ShapeException if one of the sizes is not positive
   * @throws ArgumentException if the arithmetic does not round to 8 bits
   */
  public Resize(int height, int width, Filter filter, Arithmetic arithmetic) {
    if (height < 1 || width < 1) {
      throw new ShapeException(
          "resize: height and width must be positive, got %d x %d".formatted(height, width));
    }
    if (arithmetic == Arithmetic.FLOAT) {
      throw new ArgumentException(
          "resize: the pixels of an image have 8 bits; resize numbers with ExactResize");
    }
    this.filter = filter;
    this.arithmetic = arithmetic;
    rows = new Axis(height, filter, arithmetic);
    columns = new Axis(width, filter, arithmetic);
  }

  /**
   * Resizes by Pillow's bicubic filter, which most published vision models are trained with.
   *
   * @throws ShapeException if one of the sizes is not positive
   */
  public static Resize bicubic(int height, int width) {
    return new Resize(height, width, Filter.BICUBIC, Arithmetic.PILLOW);
  }

  /** Rows of the result. */
  public int height() {
    return rows.out;
  }

  /** Columns of the result. */
  public int width() {
    return columns.out;
  }

  /** Resizes the whole image; an image of the new size is returned unchanged. */
  public Picture apply(Picture picture) {
    if (picture.height() == height() && picture.width() == width()) {
      return picture;
    }
    if (filter == Filter.NEAREST) {
      return nearest(picture);
    }
    byte[] out = new byte[picture.channels() * height() * width()];
    Buffers buffers = picture.width() == width() ? null : new Buffers(picture);
    for (int c = 0; c < picture.channels(); c++) {
      apply(picture, c, buffers, out);
    }
    return Picture.of(out, picture.channels(), height(), width());
  }

  private Picture nearest(Picture picture) {
    int[] fromRows = Nearest.inputs(arithmetic, picture.height(), height());
    int[] fromColumns = Nearest.inputs(arithmetic, picture.width(), width());
    byte[] out = new byte[picture.channels() * height() * width()];
    int to = 0;
    for (int c = 0; c < picture.channels(); c++) {
      for (int row : fromRows) {
        int from = picture.plane(c) + row * picture.width();
        for (int column : fromColumns) {
          out[to++] = picture.pixels()[from + column];
        }
      }
    }
    return Picture.of(out, picture.channels(), height(), width());
  }

  /** The result of the first pass over a plane, and some of its rows transposed. */
  private final class Buffers {
    private final byte[] turned;
    private final byte[] resized;
    private final byte[] wide;

    Buffers(Picture picture) {
      int rows = Math.min(STRIP, picture.height());
      turned = new byte[rows * picture.width()];
      resized = new byte[width() * rows];
      wide = new byte[picture.height() * width()];
    }
  }

  /** First along the rows, transposed, since the kernel processes whole rows; then across them. */
  private void apply(Picture picture, int channel, @Nullable Buffers buffers, byte[] out) {
    int inHeight = picture.height();
    int inWidth = picture.width();
    byte[] wide = picture.pixels();
    int from = picture.plane(channel);
    if (buffers != null) {
      FixedTaps taps = columns.from(inWidth);
      for (int top = 0; top < inHeight; top += STRIP) {
        int strip = Math.min(STRIP, inHeight - top);
        Transpose.copy(wide, from + top * inWidth, inWidth, strip, inWidth, buffers.turned, 0);
        taps.apply(buffers.turned, 0, strip, strip, buffers.resized, 0);
        int to = top * width();
        Transpose.copy(buffers.resized, 0, strip, width(), strip, buffers.wide, to);
      }
      wide = buffers.wide;
      from = 0;
    }
    int to = channel * height() * width();
    if (inHeight == height()) {
      System.arraycopy(wide, from, out, to, height() * width());
    } else {
      rows.from(inHeight).apply(wide, from, width(), width(), out, to);
    }
  }

  /** One output size, with the taps of each input size used so far. */
  private static final class Axis {

    /** Taps of larger inputs are rarely needed again and not cached. */
    private static final int REMEMBERED = 1024;

    private final int out;
    private final Filter filter;
    private final Arithmetic arithmetic;
    private final AtomicReferenceArray<FixedTaps> known = new AtomicReferenceArray<>(REMEMBERED);

    Axis(int out, Filter filter, Arithmetic arithmetic) {
      this.out = out;
      this.filter = filter;
      this.arithmetic = arithmetic;
    }

    FixedTaps from(int in) {
      if (in >= REMEMBERED) {
        return FixedTaps.of(filter, arithmetic, in, out);
      }
      FixedTaps taps = known.get(in);
      if (taps == null) {
        taps = FixedTaps.of(filter, arithmetic, in, out);
        known.set(in, taps);
      }
      return taps;
    }
  }
}
