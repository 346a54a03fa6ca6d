package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PixelMode;
import io.github.maskalign.vit.image.StoredPicture;
import io.github.maskalign.vit.image.resize.Arithmetic;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * image -> [C, H, W]: the input of a network in evaluation. The image is converted to the network's
 * channels, resized, its center is cropped, and its values are normalized.
 *
 * @param colors what becomes of images that are not plain RGB
 * @param resize the size to which an image is resized
 * @param sampling how it is resized
 * @param crop of the resized image, or null
 * @param stats for normalization, of pixels from 0 to 1; a single channel normalizes any number of
 *     channels unless images are converted to as many
 * @since 0.1.0
 */
public record Preprocessing(
    ColorRule colors,
    ResizeRule resize,
    Sampling sampling,
    @Nullable Crop crop,
    ChannelStats stats) {

  private static final double CROP_FRACTION = 224.0 / 256;
  private static final int MAX_CROPPED_SIZE = 224;

  /**
   * The default: 7/8 of the shorter side for inputs of up to 224 pixels and all of it for larger
   * ones, as in MAE's evaluation; an image of the input's size is used whole. An input that is not
   * square sees all that its aspect ratio admits.
   */
  public static Preprocessing of(ImageSize size, ChannelStats stats) {
    if (!size.isSquare()) {
      return centerCrop(size, 1.0, stats);
    }
    int side = size.height();
    int shorter = side <= MAX_CROPPED_SIZE ? (int) (side / CROP_FRACTION) : side;
    return centerCrop(size, shorter, true, stats);
  }

  /** The default for square inputs. */
  public static Preprocessing of(int size, ChannelStats stats) {
    return of(ImageSize.square(size), stats);
  }

  /** Both sides are resized, regardless of the aspect ratio. */
  public static Preprocessing squashed(ImageSize size, ChannelStats stats) {
    return new Preprocessing(
        ColorRule.CHANNELS, new ResizeRule.Exact(size), Sampling.BICUBIC, null, stats);
  }

  /**
   * The shorter side is resized to a length, and the center is cropped.
   *
   * @param wholeIfExact whether an image of exactly {@code size} is neither resized nor cropped
   * @throws ShapeException if the crop does not fit into the resized image
   */
  public static Preprocessing centerCrop(
      ImageSize size, int shorter, boolean wholeIfExact, ChannelStats stats) {
    if (shorter < Math.max(size.height(), size.width())) {
      throw new ShapeException(
          "preprocessing: cannot crop %s pixels from a shorter side of %d"
              .formatted(size, shorter));
    }
    ResizeRule resize =
        wholeIfExact
            ? new ResizeRule.ShortestEdgeUnless(shorter, size)
            : new ResizeRule.ShortestEdge(shorter);
    Crop crop = new Crop(size, Centering.HALF_EVEN, 0);
    return new Preprocessing(ColorRule.CHANNELS, resize, Sampling.BICUBIC, crop, stats);
  }

  /**
   * A center crop of a fraction of the shorter side, timm's {@code crop_pct}; for an input that is
   * not square, of the side that it fills.
   *
   * @param fraction above 0; above 1 it counts as 1
   */
  public static Preprocessing centerCrop(ImageSize size, double fraction, ChannelStats stats) {
    int height = Math.max(size.height(), (int) (size.height() / fraction));
    int width = Math.max(size.width(), (int) (size.width() / fraction));
    if (size.isSquare()) {
      return centerCrop(size, height, false, stats);
    }
    ResizeRule resize = new ResizeRule.KeepRatio(new ImageSize(height, width), false);
    Crop crop = new Crop(size, Centering.HALF_EVEN, 0);
    return new Preprocessing(ColorRule.CHANNELS, resize, Sampling.BICUBIC, crop, stats);
  }

  /** A center crop of a fraction of the shorter side, for square inputs. */
  public static Preprocessing centerCrop(int size, double fraction, ChannelStats stats) {
    return centerCrop(ImageSize.square(size), fraction, stats);
  }

  /** The size of all inputs; empty if it depends on the image. */
  public Optional<ImageSize> size() {
    if (crop != null) {
      return Optional.of(crop.size());
    }
    return resize instanceof ResizeRule.Exact exact ? Optional.of(exact.size()) : Optional.empty();
  }

  /** What is done, in a few words. */
  public String description() {
    String what =
        switch (resize) {
          case ResizeRule.ShortestEdgeUnless(int length, ImageSize _) when crop != null ->
              "center %s of %d pixels unless of that size".formatted(crop.size(), length);
          case ResizeRule.ShortestEdge(int length) when crop != null ->
              "center %s of %d pixels".formatted(crop.size(), length);
          default -> resize + (crop == null ? "" : ", " + crop);
        };
    return what + (sampling.equals(Sampling.BICUBIC) ? "" : ", " + sampling) + ", " + stats;
  }

  /** Whether inputs are whole patches, as many as the image asks for. */
  public boolean variablePatches() {
    return resize instanceof ResizeRule.WholePatches;
  }

  /**
   * For an input of another size: {@linkplain #of the default} for that size if this is the
   * default, else the same part of an image. Where inputs are whole patches of any shape, both
   * sides are resized to that size.
   */
  public Preprocessing withSize(ImageSize newSize) {
    if (variablePatches()) {
      return new Preprocessing(colors, new ResizeRule.Exact(newSize), sampling, crop, stats);
    }
    ImageSize size = size().orElse(null);
    if (size == null || size.equals(newSize)) {
      return this;
    }
    if (resize instanceof ResizeRule.ShortestEdgeUnless) {
      return of(newSize, stats);
    }
    double rows = (double) newSize.height() / size.height();
    double columns = (double) newSize.width() / size.width();
    return new Preprocessing(
        colors,
        crop == null ? new ResizeRule.Exact(newSize) : resize.scaled(rows, columns),
        sampling,
        crop == null ? null : crop.withSize(newSize),
        stats);
  }

  /** For square inputs of another size. */
  public Preprocessing withSize(int side) {
    return withSize(ImageSize.square(side));
  }

  /**
   * For a network of a number of channels: statistics that are the same for all, and unless it sees
   * RGB, images are converted to its channels, whatever the libraries load.
   */
  public Preprocessing withChannels(int channels) {
    ColorRule seen = channels == Picture.RGB ? colors : ColorRule.CHANNELS;
    return new Preprocessing(seen, resize, sampling, crop, stats.forChannels(channels));
  }

  // ---- decoded images ----

  /**
   * image -> [C, H, W], normalized; the image is converted to as many channels as the statistics
   * have.
   */
  public float[] apply(Picture picture) {
    return prepare(picture).values();
  }

  /** Like {@link #apply}, into an array from an offset on. */
  public void write(Picture picture, float[] out, int offset) {
    if (sampling.arithmetic() == Arithmetic.FLOAT) {
      float[] values = apply(picture);
      System.arraycopy(values, 0, out, offset, values.length);
    } else {
      write(out, offset, view(picture));
    }
  }

  private void write(float[] out, int offset, Picture view) {
    new Normalize(fitting(view.channels())).write(view, false, out, offset);
  }

  /** image -> [C, H, W], normalized; converted to as many channels as the statistics have. */
  public PixelValues prepare(Picture picture) {
    return prepared(picture.withChannels(stats.channels()), false);
  }

  /** image -> view of the network: resized, cropped and in its channels, before normalization. */
  public Picture view(Picture picture) {
    return seen(picture.withChannels(stats.channels()), false);
  }

  // ---- images as they are stored ----

  /**
   * image -> [C, H, W], normalized; what is not plain RGB is treated by the rule of the colors.
   *
   * @throws ShapeException if it is not converted and has other channels than the statistics
   */
  public PixelValues prepare(StoredPicture stored) {
    return colors == ColorRule.AFTER_RESIZING
        ? normalizedValues(viewAfterResizing(stored))
        : prepared(input(stored), alphaLast(stored));
  }

  /**
   * image -> [C, H, W], normalized, of an image that its library loads from a file: transformers
   * then converts to RGB and drops alpha, whatever the processor does with images in memory.
   */
  public PixelValues load(StoredPicture stored) {
    return prepare(loaded(stored));
  }

  private StoredPicture loaded(StoredPicture stored) {
    if (colors == ColorRule.AFTER_RESIZING) {
      return stored;
    }
    // Pillow remembers the transparent color of an image that it converts to RGB.
    boolean pillow = sampling.arithmetic() == Arithmetic.PILLOW && colors == ColorRule.ON_WHITE;
    return pillow ? stored.keyedRgb() : StoredPicture.of(stored.rgb());
  }

  /** image -> view of the network: resized, cropped and in its channels, before normalization. */
  public Picture view(StoredPicture stored) {
    return colors == ColorRule.AFTER_RESIZING
        ? viewAfterResizing(stored)
        : seen(input(stored), alphaLast(stored));
  }

  /** The image as it is resized, unless it is converted afterwards. */
  private Picture input(StoredPicture stored) {
    return switch (colors) {
      case CHANNELS -> stored.rgb().withChannels(stats.channels());
      case RGB -> stored.rgb();
      case ON_WHITE -> stored.onWhite();
      case AS_STORED -> raw(stored);
      case AFTER_RESIZING -> throw new IllegalStateException("converted after resizing");
    };
  }

  private Picture raw(StoredPicture stored) {
    boolean floats = sampling.arithmetic() == Arithmetic.FLOAT;
    if (stored.mode() == PixelMode.GRAY_16 || stored.mode() == PixelMode.BILEVEL && !floats) {
      throw new ShapeException(
          "images are not converted by this preprocessing, and %s is not supported without that;"
                  .formatted(stored.mode().title())
              + " convert the image to RGB");
    }
    int channels = stored.samples().channels();
    if (floats && channels == 1) {
      // Torch broadcasts one channel to the statistics of several.
      return unscaled(stored).withChannels(stats.channels());
    }
    if (stats.channels() != 1 && stats.channels() != channels) {
      throw new ShapeException(
          ("images are not converted to RGB by this preprocessing ('do_convert_rgb'), and this one"
                  + " is %s with %d channels against %d means; convert it to RGB")
              .formatted(stored.mode().title(), channels, stats.channels()));
    }
    return stored.samples();
  }

  /** Black and white as 0 and 1. */
  private static Picture unscaled(StoredPicture stored) {
    Picture samples = stored.samples();
    if (stored.mode() != PixelMode.BILEVEL) {
      return samples;
    }
    byte[] levels = new byte[samples.area()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (samples.pixels()[samples.plane(0) + i] & 1);
    }
    return Picture.of(levels, 1, samples.height(), samples.width());
  }

  /** Pillow takes the last of two or four channels that are not converted for alpha. */
  private boolean alphaLast(StoredPicture stored) {
    int channels = stored.samples().channels();
    return colors == ColorRule.AS_STORED
        && sampling.arithmetic() == Arithmetic.PILLOW
        && (channels == 2 || channels == 4);
  }

  private Picture viewAfterResizing(StoredPicture stored) {
    Picture samples = stored.samples();
    ImageSize size = resized(samples);
    StoredPicture resized = sampling.apply(stored, region(size));
    return crop == null
        ? resized.rgb()
        : resized.with(bordered(resized.mode()).framed(resized.samples(), size)).rgb();
  }

  /** The size of the resized image. */
  private ImageSize resized(Picture picture) {
    return resize.size(picture.height(), picture.width(), crop != null);
  }

  /** What is needed of the resized image. */
  private Region region(ImageSize size) {
    return crop == null ? Region.whole(size) : crop.region(size);
  }

  /** The border of samples that are not levels of channels. */
  private Crop bordered(PixelMode mode) {
    return switch (mode) {
      case BILEVEL -> crop.withBorder(crop.border(0) == 0 ? 0 : 255);
      case GRAY_16 -> crop.withBorder(crop.border(0) >> 8, crop.border(0));
      default -> crop;
    };
  }

  // ---- channels ----

  private Picture seen(Picture input, boolean alphaLast) {
    ImageSize size = resized(input);
    Region region = region(size);
    Picture resized =
        alphaLast ? sampling.premultiplied(input, region) : sampling.apply(input, region);
    return crop == null ? resized : crop.framed(resized, size);
  }

  private PixelValues prepared(Picture input, boolean alphaLast) {
    return sampling.arithmetic() == Arithmetic.FLOAT
        ? unrounded(input)
        : normalizedValues(seen(input, alphaLast));
  }

  private PixelValues normalizedValues(Picture view) {
    float[] values = new float[view.channels() * view.area()];
    write(values, 0, view);
    return new PixelValues(values, view.channels(), view.height(), view.width());
  }

  /** Without rounding to 8 bits between resizing and normalization. */
  private PixelValues unrounded(Picture input) {
    ImageSize size = resized(input);
    ImageSize view = crop == null ? size : crop.size();
    double[] resized = sampling.values(input, region(size));
    double[] levels = crop == null ? resized : crop.framed(resized, input.channels(), size);
    ChannelStats used = fitting(input.channels());
    int area = view.height() * view.width();
    float[] out = new float[levels.length];
    for (int c = 0; c < input.channels(); c++) {
      float mean = (float) used.mean()[c];
      float std = (float) used.std()[c];
      for (int i = c * area; i < (c + 1) * area; i++) {
        out[i] = ((float) (levels[i] / 255) - mean) / std;
      }
    }
    return new PixelValues(out, input.channels(), view.height(), view.width());
  }

  private ChannelStats fitting(int channels) {
    if (stats.channels() == channels || stats.channels() == 1) {
      return stats.forChannels(channels);
    }
    throw new ArgumentException(
        "normalization: an image of %d channels against %d means"
            .formatted(channels, stats.channels()));
  }
}
