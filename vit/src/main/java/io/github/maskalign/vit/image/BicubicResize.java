package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Resizes pictures to a fixed size with the antialiased bicubic filter that Pillow, and so the
 * published vision models, are trained with: rows first, then columns, each rounded to 8 bits.
 *
 * <p>Safe for use by several threads; the weights of each input size are computed once.
 *
 * @since 0.1.0
 */
public final class BicubicResize {

  private final Axis rows;
  private final Axis columns;

  /**
   * A resizer to height x width.
   *
   * @throws ShapeException if one of them is not positive
   */
  public BicubicResize(int height, int width) {
    if (height < 1 || width < 1) {
      throw new ShapeException("resize to %d x %d pixels".formatted(height, width));
    }
    rows = new Axis(height);
    columns = new Axis(width);
  }

  /** Rows of the result. */
  public int height() {
    return rows.out;
  }

  /** Columns of the result. */
  public int width() {
    return columns.out;
  }

  /** The whole picture at the new size; a picture that has it already is returned as it is. */
  public Picture apply(Picture picture) {
    if (picture.height() == height() && picture.width() == width()) {
      return picture;
    }
    byte[] out = new byte[picture.channels() * height() * width()];
    Between between = picture.width() == width() ? null : new Between(picture);
    for (int c = 0; c < picture.channels(); c++) {
      apply(picture, c, between, out);
    }
    return Picture.of(out, picture.channels(), height(), width());
  }

  /** One plane on its way, between the two directions. */
  private final class Between {
    private final byte[] turned;
    private final byte[] resized;
    private final byte[] wide;

    Between(Picture picture) {
      turned = new byte[picture.height() * picture.width()];
      resized = new byte[width() * picture.height()];
      wide = new byte[picture.height() * width()];
    }
  }

  /** Along the rows, transposed, since a processor weighs whole rows at a time; then across. */
  private void apply(Picture picture, int channel, @Nullable Between between, byte[] out) {
    int inHeight = picture.height();
    int inWidth = picture.width();
    byte[] wide = picture.pixels();
    int from = picture.plane(channel);
    if (between != null) {
      Transposition.copy(wide, from, inWidth, inHeight, inWidth, between.turned, 0);
      columns.from(inWidth).apply(between.turned, 0, inHeight, inHeight, between.resized, 0);
      wide = between.wide;
      from = 0;
      Transposition.copy(between.resized, 0, inHeight, width(), inHeight, wide, 0);
    }
    int to = channel * height() * width();
    if (inHeight == height()) {
      System.arraycopy(wide, from, out, to, height() * width());
    } else {
      rows.from(inHeight).apply(wide, from, width(), width(), out, to);
    }
  }

  /** One output size, and the taps from each input size met so far. */
  private static final class Axis {

    /** Larger pictures than this are rare enough to compute their taps anew. */
    private static final int REMEMBERED = 1024;

    private final int out;
    private final AtomicReferenceArray<BicubicTaps> known = new AtomicReferenceArray<>(REMEMBERED);

    Axis(int out) {
      this.out = out;
    }

    BicubicTaps from(int in) {
      if (in >= REMEMBERED) {
        return BicubicTaps.of(in, out);
      }
      BicubicTaps taps = known.get(in);
      if (taps == null) {
        taps = BicubicTaps.of(in, out);
        known.set(in, taps);
      }
      return taps;
    }
  }
}
