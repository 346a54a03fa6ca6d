package io.github.maskalign.cli.visualize;

import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands that look into a network are told. */
final class VisualizeOptions {

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "DIR|FILE",
      description = "Weights of any known network, or a folder of them, such as that of a run.")
  private Path weights;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description =
          "Side of what the network sees, a multiple of its patches' (default: its own). More"
              + " pixels, finer maps.")
  private @Nullable Integer side;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description =
          "Attention heads of a network whose file does not tell (default: one for each 64 of its"
              + " width); 'inspect' tells whether it does.")
  private @Nullable Integer heads;

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  /** Opens the network, lets it be looked into, and closes it. */
  void forward(Consumer<PatchInsight> looking) {
    try (Backends.Choice choice = compute.open();
        Scope scope = Scope.root(choice.backend(), "view")) {
      looking.accept(PatchInsight.open(scope, weights, side, heads));
    }
  }

  /**
   * The number of a block, counted from 0, or from the end if negative.
   *
   * @throws IllegalArgumentException if there is no such block
   */
  static int block(PatchInsight lens, int block) {
    int depth = lens.config().depth();
    if (block < -depth || block >= depth) {
      throw new IllegalArgumentException(
          "--block: there is no block %d, they count from 0 to %d, or from -1 for the last to %d"
              .formatted(block, depth - 1, -depth));
    }
    return Math.floorMod(block, depth);
  }
}
