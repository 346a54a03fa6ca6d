package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import io.github.maskalign.vit.image.resize.FixedAxis;
import io.github.maskalign.vit.image.resize.FixedPlanes;
import io.github.maskalign.vit.image.resize.Nearest;
import io.github.maskalign.vit.image.resize.Outputs;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Resizes images to a fixed size, or computes a part of the result: along the rows, then across
 * them, each rounded to 8 bits. The order is that of Pillow up to version 12.1 and of torchvision.
 * A pass whose size does not change is skipped.
 *
 * <p>Thread-safe; the weights of each input size are computed once.
 *
 * @since 0.1.0
 */
public final class Resize {

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
    this(Outputs.all(height), Outputs.all(width), filter, arithmetic);
  }

  /**
   * Computes a part of resized images: the same bits as a crop of them.
   *
   * @param arithmetic with results of 8 bits
   * @throws ArgumentException if the arithmetic does not round to 8 bits
   */
  public Resize(Outputs rows, Outputs columns, Filter filter, Arithmetic arithmetic) {
    if (arithmetic == Arithmetic.FLOAT) {
      throw new ArgumentException(
          "resize: the pixels of an image have 8 bits; resize numbers with ExactResize");
    }
    this.filter = filter;
    this.arithmetic = arithmetic;
    this.rows = new Axis(rows, filter, arithmetic);
    this.columns = new Axis(columns, filter, arithmetic);
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
    return rows.outputs.count();
  }

  /** Columns of the result. */
  public int width() {
    return columns.outputs.count();
  }

  /** Resizes an image; one of the new size is not copied. */
  public Picture apply(Picture picture) {
    if (picture.height() == rows.outputs.size() && picture.width() == columns.outputs.size()) {
      return rows.outputs.whole() && columns.outputs.whole()
          ? picture
          : picture.crop(rows.outputs.from(), columns.outputs.from(), height(), width());
    }
    if (filter == Filter.NEAREST) {
      return nearest(picture);
    }
    byte[] out = new byte[picture.channels() * height() * width()];
    new FixedPlanes(rows.from(picture.height()), columns.from(picture.width()))
        .apply(picture.pixels(), picture.offset(), picture.channels(), out);
    return Picture.of(out, picture.channels(), height(), width());
  }

  private Picture nearest(Picture picture) {
    int[] fromRows = Nearest.inputs(arithmetic, picture.height(), rows.outputs);
    int[] fromColumns = Nearest.inputs(arithmetic, picture.width(), columns.outputs);
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

  /** One output size, with the weights of each input size used so far. */
  private static final class Axis {

    /** Weights of larger inputs are rarely needed again and not cached. */
    private static final int REMEMBERED = 1024;

    private final Outputs outputs;
    private final Filter filter;
    private final Arithmetic arithmetic;
    private final AtomicReferenceArray<FixedAxis> known = new AtomicReferenceArray<>(REMEMBERED);

    Axis(Outputs outputs, Filter filter, Arithmetic arithmetic) {
      this.outputs = outputs;
      this.filter = filter;
      this.arithmetic = arithmetic;
    }

    FixedAxis from(int in) {
      if (in >= REMEMBERED) {
        return FixedAxis.of(filter, arithmetic, in, outputs);
      }
      FixedAxis axis = known.get(in);
      if (axis == null) {
        axis = FixedAxis.of(filter, arithmetic, in, outputs);
        known.set(in, axis);
      }
      return axis;
    }
  }
}
