package io.github.maskalign.align.teacher;

import java.util.List;

/**
 * Mean and deviation of each colour channel, by which pixels from 0 to 1 are normalised.
 *
 * @param mean one number a channel
 * @param deviation one number a channel
 */
public record PixelStatistics(List<Double> mean, List<Double> deviation) {

  /** Those of ImageNet, which students use. */
  public static final PixelStatistics IMAGENET =
      new PixelStatistics(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** Those of CLIP. */
  public static final PixelStatistics CLIP =
      new PixelStatistics(
          List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));

  /** Those of SigLIP: pixels from -1 to 1. */
  public static final PixelStatistics HALF =
      new PixelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

  /** Keeps its own copies. */
  public PixelStatistics {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
  }
}
