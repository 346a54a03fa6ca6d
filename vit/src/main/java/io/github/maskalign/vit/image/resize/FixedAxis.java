package io.github.maskalign.vit.image.resize;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An axis that is resized in fixed point, or kept if its size does not change. Thread-safe.
 *
 * @since 0.1.0
 */
public final class FixedAxis {

  private final Filter filter;
  private final int in;
  private final Outputs outputs;
  private final int bits;
  private final @Nullable FixedTaps taps;

  private FixedAxis(Filter filter, int in, Outputs outputs, int bits) {
    this.filter = filter;
    this.in = in;
    this.outputs = outputs;
    this.bits = bits;
    taps = resized() && blocks(outputs.count()).size() == 1 ? taps(outputs) : null;
  }

  /**
   * The axis from one input size.
   *
   * @param filter other than the nearest neighbor
   */
  public static FixedAxis of(Filter filter, Arithmetic arithmetic, int in, Outputs outputs) {
    int bits = in == outputs.size() ? 0 : FixedTaps.bits(filter, arithmetic, in, outputs.size());
    return new FixedAxis(filter, in, outputs, bits);
  }

  int inputs() {
    return in;
  }

  Outputs outputs() {
    return outputs;
  }

  boolean resized() {
    return in != outputs.size();
  }

  /** The outputs in blocks of at most some, and of a bounded number of weights. */
  List<Outputs> blocks(int most) {
    return resized() ? Windows.blocks(filter, in, outputs, most) : outputs.blocks(most);
  }

  /** The taps of a block of the outputs of an axis that is resized. */
  FixedTaps taps(Outputs block) {
    return taps != null && block.equals(outputs) ? taps : FixedTaps.of(filter, bits, in, block);
  }
}
