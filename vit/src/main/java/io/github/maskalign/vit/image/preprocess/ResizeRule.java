package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.ImageSize;

/**
 * The size to which an image is resized, from its own.
 *
 * @since 0.1.0
 */
public sealed interface ResizeRule {

  /** Longer sides are refused: an elongated image can be enlarged without bound. */
  long MAX_SIDE = 1 << 24;

  /** Larger results are refused unless they are cropped. */
  long MAX_PIXELS = 100_000_000;

  /** Height and width by the rule's arithmetic; may be zero or huge. */
  long[] sides(int height, int width);

  /** The same part of an image at another size of the result. */
  ResizeRule scaled(double rows, double columns);

  /**
   * The size of the resized image.
   *
   * @param cropped whether only a part of it is computed
   * @throws DamagedPictureException if it has no pixels or too many
   */
  default ImageSize size(int height, int width, boolean cropped) {
    long[] sides = sides(height, width);
    long shorter = Math.min(sides[0], sides[1]);
    long longer = Math.max(sides[0], sides[1]);
    if (shorter < 1 || longer > MAX_SIDE || !cropped && longer > MAX_PIXELS / shorter) {
      throw new DamagedPictureException(
          DamagedPictureException.UNNAMED,
          "is too elongated: its %d x %d pixels would be resized to %d x %d"
              .formatted(height, width, sides[0], sides[1]),
          null);
    }
    return new ImageSize((int) sides[0], (int) sides[1]);
  }

  private static int scaled(int side, double factor) {
    return (int) Math.clamp(Math.round(side * factor), 1, Integer.MAX_VALUE);
  }

  /** The image's own size. */
  record None() implements ResizeRule {

    @Override
    public long[] sides(int height, int width) {
      return new long[] {height, width};
    }

    @Override
    public String toString() {
      return "not resized";
    }

    @Override
    public ResizeRule scaled(double rows, double columns) {
      return this;
    }
  }

  /** A size regardless of the aspect ratio. */
  record Exact(ImageSize size) implements ResizeRule {

    @Override
    public long[] sides(int height, int width) {
      return new long[] {size.height(), size.width()};
    }

    @Override
    public String toString() {
      return "resized to " + size;
    }

    @Override
    public ResizeRule scaled(double rows, double columns) {
      return new Exact(
          new ImageSize(
              ResizeRule.scaled(size.height(), rows), ResizeRule.scaled(size.width(), columns)));
    }
  }

  /** The shorter side gets a length and the longer one keeps the aspect ratio, truncated. */
  record ShortestEdge(int length) implements ResizeRule {

    @Override
    public long[] sides(int height, int width) {
      int shorter = Math.min(height, width);
      return new long[] {
        height == shorter ? length : (long) ((double) ((long) length * height) / shorter),
        width == shorter ? length : (long) ((double) ((long) length * width) / shorter)
      };
    }

    @Override
    public String toString() {
      return "shorter side of " + length;
    }

    @Override
    public ResizeRule scaled(double rows, double columns) {
      return new ShortestEdge(ResizeRule.scaled(length, Math.max(rows, columns)));
    }
  }

  /** {@link ShortestEdge}, except that an image of a certain size is used whole. */
  record ShortestEdgeUnless(int length, ImageSize whole) implements ResizeRule {

    @Override
    public long[] sides(int height, int width) {
      return height == whole.height() && width == whole.width()
          ? new long[] {height, width}
          : new ShortestEdge(length).sides(height, width);
    }

    @Override
    public String toString() {
      return "shorter side of " + length + " unless of size " + whole;
    }

    @Override
    public ResizeRule scaled(double rows, double columns) {
      throw new ArgumentException("the default preprocessing has a rule for each size");
    }
  }

  /** {@link ShortestEdge}, but less where the longer side would exceed a length. */
  record ShortestWithin(int length, int longest) implements ResizeRule {

    @Override
    public long[] sides(int height, int width) {
      double shorter = Math.min(height, width);
      double longer = Math.max(height, width);
      double exact = length;
      long rounded = length;
      if (longer / shorter * length > longest) {
        exact = longest * shorter / longer;
        rounded = (long) Math.rint(exact);
      }
      boolean done = height <= width && height == rounded || width <= height && width == rounded;
      if (done) {
        return new long[] {height, width};
      }
      return width < height
          ? new long[] {(long) (exact * height / width), rounded}
          : new long[] {rounded, (long) (exact * width / height)};
    }

    @Override
    public String toString() {
      return "shorter side of " + length + ", longer one of at most " + longest;
    }

    @Override
    public ResizeRule scaled(double rows, double columns) {
      double factor = Math.max(rows, columns);
      return new ShortestWithin(
          ResizeRule.scaled(length, factor), ResizeRule.scaled(longest, factor));
    }
  }

  /** The largest size of the same aspect ratio within another, truncated. */
  record Within(ImageSize largest) implements ResizeRule {

    @Override
    public long[] sides(int height, int width) {
      double factor =
          Math.min((double) largest.height() / height, (double) largest.width() / width);
      return new long[] {(long) (height * factor), (long) (width * factor)};
    }

    @Override
    public String toString() {
      return "resized to fit into " + largest;
    }

    @Override
    public ResizeRule scaled(double rows, double columns) {
      return new Within(((Exact) new Exact(largest).scaled(rows, columns)).size);
    }
  }

  /**
   * The same aspect ratio, rounded to even: the largest size within a target or the smallest that
   * covers it.
   */
  record KeepRatio(ImageSize target, boolean inside) implements ResizeRule {

    @Override
    public long[] sides(int height, int width) {
      double rows = (double) height / target.height();
      double columns = (double) width / target.width();
      double ratio = inside ? Math.max(rows, columns) : Math.min(rows, columns);
      return new long[] {(long) Math.rint(height / ratio), (long) Math.rint(width / ratio)};
    }

    @Override
    public String toString() {
      return "resized to " + (inside ? "fit into " : "cover ") + target;
    }

    @Override
    public ResizeRule scaled(double rows, double columns) {
      return new KeepRatio(((Exact) new Exact(target).scaled(rows, columns)).size, inside);
    }
  }

  /**
   * Whole patches, about as many as allowed, in about the aspect ratio: SigLIP 2's NaFlex.
   *
   * @param patchSize height and width of a patch
   * @param maxPatches largest number of patches
   */
  record WholePatches(int patchSize, int maxPatches) implements ResizeRule {

    private static final double PRECISION = 1e-5;
    private static final double LARGEST = 100;

    @Override
    public long[] sides(int height, int width) {
      double low = PRECISION / 10;
      double high = LARGEST;
      while (high - low >= PRECISION) {
        double scale = (low + high) / 2;
        double patches = (double) patches(scale, height) * patches(scale, width);
        if (patches <= maxPatches) {
          low = scale;
        } else {
          high = scale;
        }
      }
      return new long[] {patches(low, height) * patchSize, patches(low, width) * patchSize};
    }

    private long patches(double scale, int side) {
      return Math.max(1, (long) Math.ceil(side * scale / patchSize));
    }

    @Override
    public String toString() {
      return "at most %d patches of %d pixels".formatted(maxPatches, patchSize);
    }

    @Override
    public ResizeRule scaled(double rows, double columns) {
      return this;
    }
  }
}
