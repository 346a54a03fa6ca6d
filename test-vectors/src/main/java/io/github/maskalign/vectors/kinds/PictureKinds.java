package io.github.maskalign.vectors.kinds;

import io.github.maskalign.data.Range;
import io.github.maskalign.data.augment.CropBox;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.Resize;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import java.util.Arrays;

/** Picture files, and preprocessing of their pixels. */
final class PictureKinds {

  private static final double EXACT = 0;

  private PictureKinds() {}

  /** The pixels {@code [H, W, 3]} of a tensor. */
  static Picture picture(VectorCase given, String name) {
    int[] dims = given.dims(name);
    int[] values = given.integers(name);
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return Picture.ofInterleaved(pixels, dims[2], dims[0], dims[1]);
  }

  static void check(VectorCase given, String name, Picture picture) {
    given
        .checks()
        .values(name, values(picture), picture.height(), picture.width(), picture.channels());
  }

  /** Pixels as numbers from 0 to 255, [H, W, C]. */
  static double[] values(Picture picture) {
    byte[] pixels = picture.interleaved();
    double[] values = new double[pixels.length];
    Arrays.setAll(values, i -> pixels[i] & 0xff);
    return values;
  }

  /** The mean absolute difference of two pictures of one shape. */
  static double difference(Picture a, Picture b) {
    double[] one = values(a);
    double[] other = values(b);
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs(one[i] - other[i]);
    }
    return sum / one.length;
  }

  private static Picture decoded(VectorCase given) {
    PictureDecoder decoder = PictureDecoder.open();
    return decoder.decode(given.manifest().path().resolveSibling(given.text("image")));
  }

  static void decode(VectorCase given) {
    check(given, "out.rgb", decoded(given));
  }

  /** Decoders may differ, so the mean difference is compared. */
  static void decodeJpeg(VectorCase given) {
    Picture got = decoded(given);
    check(given, "out.rgb", got);
    double difference = difference(got, picture(given, "out.rgb"));
    given.checks().equal("mean difference", difference, 0, given.real("max_mean_abs_diff"));
  }

  static void bicubic(VectorCase given) {
    Resize resize = Resize.bicubic(given.integer("out_height"), given.integer("out_width"));
    check(given, "out.rgb", resize.apply(picture(given, "in.rgb")));
  }

  static void trainCrop(VectorCase given) {
    int size = given.integer("size");
    Picture cropped =
        picture(given, "in.rgb")
            .crop(
                given.integer("top"),
                given.integer("left"),
                given.integer("height"),
                given.integer("width"));
    Picture resized = Resize.bicubic(size, size).apply(cropped);
    Picture seen = given.flag("flip") ? resized.mirrored() : resized;
    check(given, "out.rgb", seen);
    checkLevels(given, seen);
  }

  static void evaluation(VectorCase given) {
    int size = given.integer("size");
    Preprocessing view = Preprocessing.of(size, ChannelStats.imageNet());
    int shorter = ((ResizeRule.ShortestEdgeUnless) view.resize()).length();
    given.checks().equal("short side", shorter, given.real("resize_short"), EXACT);
    Preprocessing official =
        Preprocessing.centerCrop(ImageSize.square(size), shorter, false, ChannelStats.imageNet());
    Picture seen = official.view(picture(given, "in.rgb"));
    check(given, "out.rgb", seen);
    checkLevels(given, seen);
  }

  static void levels(VectorCase given) {
    checkLevels(given, picture(given, "in.rgb"));
  }

  private static void checkLevels(VectorCase given, Picture picture) {
    ChannelStats stats = new ChannelStats(given.reals("mean"), given.reals("std"));
    float[] out = new float[picture.channels() * picture.area()];
    new Normalize(stats).write(picture, false, out, 0);
    double[] values = new double[out.length];
    Arrays.setAll(values, i -> out[i]);
    given
        .checks()
        .values("out.tensor", values, picture.channels(), picture.height(), picture.width());
  }

  /** Columns: width, height, minimum scale, two draws; then crop, whether it fits, clamped crop. */
  static void cropSize(VectorCase given) {
    double[] ratio = given.reals("ratio");
    Range logRatio = new Range(ratio[0], ratio[1]).log();
    double[] table = given.doubles("table");
    double[] got = table.clone();
    int columns = given.dims("table")[1];
    for (int row = 0; row < table.length; row += columns) {
      int width = (int) table[row];
      int height = (int) table[row + 1];
      double share = new Range(table[row + 2], 1).at(table[row + 3]);
      CropBox box =
          CropBox.sized(height, width, share, StrictMath.exp(logRatio.at(table[row + 4])));
      CropBox clamped = box.clamped(height, width);
      got[row + 5] = box.width();
      got[row + 6] = box.height();
      got[row + 7] = box.fits(height, width) ? 1 : 0;
      got[row + 8] = clamped.width();
      got[row + 9] = clamped.height();
    }
    given.checks().values("table", got, expected -> EXACT);
  }

  /** Columns: width, height; then top, left, height and width of the crop. */
  static void cropFallback(VectorCase given) {
    double[] table = given.doubles("table");
    double[] got = table.clone();
    int columns = given.dims("table")[1];
    for (int row = 0; row < table.length; row += columns) {
      CropBox box =
          CropBox.central((int) table[row + 1], (int) table[row], new Range(3.0 / 4, 4.0 / 3));
      got[row + 2] = box.top();
      got[row + 3] = box.left();
      got[row + 4] = box.height();
      got[row + 5] = box.width();
    }
    given.checks().values("table", got, expected -> EXACT);
  }
}
