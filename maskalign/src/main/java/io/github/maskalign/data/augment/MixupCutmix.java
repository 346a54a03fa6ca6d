package io.github.maskalign.data.augment;

import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.Range;
import io.github.maskalign.data.augment.BatchMix.Blend;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Applies mixup, CutMix or either to batches: draws how a batch is mixed, and mixes its pictures
 * and targets.
 *
 * @since 0.1.0
 */
public final class MixupCutmix {

  private final Options options;
  private final int classes;
  private final double smoothing;
  private final Philox draws;

  /** The samples that share a draw. */
  public enum Mode {
    /** The whole batch. */
    BATCH,
    /** Nothing: each sample has its own. */
    ELEM,
    /** A sample and its partner. */
    PAIR
  }

  /**
   * The options.
   *
   * @param mixup alpha of mixup's share ~ Beta(alpha, alpha); 0 for none
   * @param cutmix alpha of CutMix's share; 0 for none
   * @param sides range of the box's sides relative to the picture's, in place of CutMix's alpha, or
   *     null
   * @param probability that a draw mixes at all
   * @param toCutmix probability of CutMix if both are enabled
   * @param mode the samples that share a draw
   */
  public record Options(
      double mixup,
      double cutmix,
      @Nullable Range sides,
      double probability,
      double toCutmix,
      Mode mode) {

    /** Checks the values. */
    public Options {
      if (!(mixup >= 0) || !(cutmix >= 0)) {
        throw new ArgumentException(
            "mixup %s, cutmix %s: must not be negative".formatted(mixup, cutmix));
      }
      if (!(probability >= 0 && probability <= 1) || !(toCutmix >= 0 && toCutmix <= 1)) {
        throw new ArgumentException(
            "mixing with probability %s, CutMix of these %s: must be 0 to 1"
                .formatted(probability, toCutmix));
      }
      if (sides != null && (sides.from() < 0 || sides.to() > 1)) {
        throw new ArgumentException("CutMix sides " + sides + ": must be within 0 to 1");
      }
    }

    /** The official recipe's: mixup 0.8, CutMix 1, either with the same chance, whole batches. */
    public static Options official() {
      return new Options(0.8, 1, null, 1, 0.5, Mode.BATCH);
    }

    /** Whether anything is mixed. */
    public boolean active() {
      return mixup > 0 || cuts();
    }

    private boolean cuts() {
      return cutmix > 0 || sides != null;
    }
  }

  /**
   * Mixes batches of labeled pictures.
   *
   * @param smoothing label smoothing, also of targets that are not mixed
   * @param seed of the draws, which depend on it and the batch's number only
   */
  public MixupCutmix(Options options, int classes, double smoothing, long seed) {
    this.options = options;
    this.classes = classes;
    this.smoothing = smoothing;
    this.draws = Philox.of(seed).stream("mix");
  }

  /**
   * Mixes a batch's pictures in place and returns the targets {@code [B, classes]}.
   *
   * @throws io.github.maskalign.tensor.error.ShapeException if the batch has an odd size
   */
  public float[] of(Batch batch) {
    BatchMix mixing = draw(batch.size(), batch.height(), batch.width(), draws.at(batch.number()));
    mixing.apply(batch.pixels(), batch.channels(), batch.height(), batch.width());
    int[] labels = Objects.requireNonNull(batch.labels(), "mixing: the set has no labels");
    float[] targets = Classification.targets(labels, classes, smoothing);
    mixing.applyToTargets(targets, classes);
    return targets;
  }

  /** Draws how a batch is mixed; {@code draws} is a stream for this purpose and batch only. */
  BatchMix draw(int size, int height, int width, Philox draws) {
    return new BatchMix(
        switch (options.mode()) {
          case BATCH -> Collections.nCopies(size, blend(height, width, draws.at(0)));
          case ELEM -> {
            Blend[] blends = new Blend[size];
            Arrays.setAll(blends, i -> blend(height, width, draws.at(i)));
            yield List.of(blends);
          }
          case PAIR -> {
            List<Blend> blends = new ArrayList<>();
            for (int i = 0; i < size; i++) {
              blends.add(blend(height, width, draws.at(Math.min(i, size - 1 - i))));
            }
            yield blends;
          }
        });
  }

  private Blend blend(int height, int width, Philox draws) {
    if (!options.active() || draws.uniformDouble(0) >= options.probability()) {
      return Blend.NONE;
    }
    boolean either = options.mixup() > 0 && options.cuts();
    if (either ? draws.uniformDouble(1) >= options.toCutmix() : options.mixup() > 0) {
      return Blend.mixup(BetaSampler.symmetric(options.mixup(), draws.stream("mixup")));
    }
    Philox place = draws.stream("box");
    CropBox box =
        options.sides() == null
            ? around(
                BetaSampler.symmetric(options.cutmix(), draws.stream("cutmix")),
                height,
                width,
                place)
            : inside(options.sides(), height, width, place);
    return Blend.cutmix(box, height, width);
  }

  /** A box of area {@code 1 - share} around a random pixel, clipped at the border. */
  private static CropBox around(double share, int height, int width, Philox draws) {
    return around(share, height, width, draws.below(0, height), draws.below(1, width));
  }

  /** The same around a given pixel. */
  static CropBox around(double share, int height, int width, int y, int x) {
    double ratio = Math.sqrt(1 - share);
    int half = (int) (height * ratio) / 2;
    int halfWidth = (int) (width * ratio) / 2;
    int top = Math.max(y - half, 0);
    int left = Math.max(x - halfWidth, 0);
    int bottom = Math.min(y + half, height);
    int right = Math.min(x + halfWidth, width);
    return new CropBox(top, left, bottom - top, right - left);
  }

  /** A box with uniform integer sides below the upper end, completely inside the picture. */
  private static CropBox inside(Range sides, int height, int width, Philox draws) {
    int boxHeight = side(sides, height, draws, 0);
    int boxWidth = side(sides, width, draws, 1);
    int top = draws.below(2, Math.max(height - boxHeight, 1));
    int left = draws.below(3, Math.max(width - boxWidth, 1));
    return new CropBox(top, left, boxHeight, boxWidth);
  }

  private static int side(Range sides, int length, Philox draws, int index) {
    int min = (int) (sides.from() * length);
    return min + draws.below(index, Math.max((int) (sides.to() * length) - min, 1));
  }
}
