package io.github.maskalign.data.augment;

import io.github.maskalign.data.Range;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Erases boxes of a normalized picture (Zhong et al., arXiv 1708.04896, as timm does it): each of
 * an area of {@code height * width * U(0.02, 1/3) / boxes} and height over width {@code exp(U(ln
 * 0.3, ln 1/0.3))}, tried up to ten times until it is smaller than the picture.
 *
 * @param probability that a picture is changed
 * @param filling content of the boxes
 * @param max maximum number of boxes; their number is uniform from 1
 * @since 0.1.0
 */
public record RandomErasing(double probability, Filling filling, int max) {

  private static final Range AREA = new Range(0.02, 1.0 / 3);
  private static final Range RATIO = new Range(0.3, 1 / 0.3);
  private static final int TRIES = 10;

  /** Content of an erased box. */
  public enum Filling {
    /** An independent normal draw for each value. */
    PIXEL,
    /** A normal draw for each channel of a box. */
    RAND,
    /** Zero, the mean color. */
    CONST
  }

  /** Checks the values. */
  public RandomErasing {
    if (!(probability >= 0 && probability <= 1) || max < 1) {
      throw new ArgumentException(
          "random erasing of up to %d boxes with probability %s: at least 1, and 0 to 1"
              .formatted(max, probability));
    }
  }

  /** Fine-tuning's: a quarter of the pictures, one box of noise. */
  public static RandomErasing official() {
    return new RandomErasing(0.25, Filling.PIXEL, 1);
  }

  /** Draws boxes and erases them; {@code draws} is a stream for this purpose and sample only. */
  public void apply(float[] pixels, int offset, int channels, int height, int width, Philox draws) {
    List<CropBox> boxes = boxes(height, width, draws);
    for (int b = 0; b < boxes.size(); b++) {
      Philox noise = draws.stream("noise").at(b);
      erase(pixels, offset, channels, height, width, boxes.get(b), noise);
    }
  }

  /** The boxes of a picture, mostly none. */
  List<CropBox> boxes(int height, int width, Philox draws) {
    List<CropBox> boxes = new ArrayList<>();
    if (draws.uniformDouble(0) < probability) {
      int count = 1 + draws.below(1, max);
      for (int b = 0; b < count; b++) {
        place(height, width, 1.0 / count, draws.stream("box").at(b), boxes);
      }
    }
    return boxes;
  }

  private static void place(
      int height, int width, double share, Philox draws, List<CropBox> boxes) {
    for (int t = 0; t < TRIES; t++) {
      double area = AREA.at(draws.uniformDouble(2 * t)) * share;
      double ratio = StrictMath.exp(RATIO.log().at(draws.uniformDouble(2 * t + 1)));
      // The ratio is height over width, a crop's the other way round.
      CropBox size = CropBox.sized(height, width, area, 1 / ratio);
      if (size.height() < height && size.width() < width) {
        int top = draws.below(2 * TRIES, height - size.height() + 1);
        int left = draws.below(2 * TRIES + 1, width - size.width() + 1);
        boxes.add(new CropBox(top, left, size.height(), size.width()));
        return;
      }
    }
  }

  /** Erases one box of {@code [C, H, W]}. */
  void erase(
      float[] pixels, int offset, int channels, int height, int width, CropBox box, Philox noise) {
    float[] row = new float[box.width()];
    for (int c = 0; c < channels; c++) {
      if (filling == Filling.RAND) {
        Arrays.fill(row, noise.normal(c));
      }
      for (int y = 0; y < box.height(); y++) {
        if (filling == Filling.PIXEL) {
          noise.fillNormal(row, (long) (c * box.height() + y) * box.width());
        }
        int to = offset + (c * height + box.top() + y) * width + box.left();
        System.arraycopy(row, 0, pixels, to, row.length);
      }
    }
  }
}
