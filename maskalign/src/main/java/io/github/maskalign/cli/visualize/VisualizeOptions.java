package io.github.maskalign.cli.visualize;

import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that the commands share: network, input size, backend. */
final class VisualizeOptions {

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "MODEL",
      converter = ModelPath.Converter.class,
      description = "Weights of a supported network: " + ModelPath.KINDS + " (required).")
  private ModelPath weights;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description =
          "Input size in pixels, a multiple of the patch size (default: from the weights). A larger"
              + " input gives finer maps.")
  private @Nullable Integer side;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description =
          "Number of attention heads, for weights without a configuration; inspect shows whether"
              + " there is one (default: one per 64 channels).")
  private @Nullable Integer heads;

  @Mixin private final ImageOptions processing = new ImageOptions();

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  /** Opens the network, runs an action on it, and closes it. */
  void forward(Consumer<PatchInsight> action) {
    try (Backends.Choice choice = compute.open();
        Scope scope = Scope.root(choice.backend(), "view")) {
      action.accept(PatchInsight.open(scope, weights.path(), side, heads, processing.processing()));
    }
  }

  /**
   * The number of a block, counted from 0, or from the end if negative.
   *
   * @throws ArgumentException if there is no such block
   */
  static int block(PatchInsight lens, int block) {
    int depth = lens.config().depth();
    if (block < -depth || block >= depth) {
      throw new ArgumentException(
          "--block: no block %d; valid are 0 to %d, and -1 (the last) to %d"
              .formatted(block, depth - 1, -depth));
    }
    return Math.floorMod(block, depth);
  }
}
