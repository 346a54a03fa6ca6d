package io.github.maskalign.cli.eval;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A network to be judged as it is.
 *
 * @param network with its weights
 * @param stats by which its pictures are normalized
 */
public record FrozenNetwork(ViT network, ChannelStats stats) {

  /**
   * Loads a network that tells its shape.
   *
   * @param scope owns the weights
   * @param side of the pictures; the network's own if null
   */
  public static FrozenNetwork load(Scope scope, Path place, @Nullable Integer side) {
    try (NetworkFile found = NetworkFile.open(place)) {
      ViTConfig own = found.config();
      NetworkFile file = found.withConfig(side == null ? own : own.withImageSize(side));
      Parameters parameters = Parameters.uninitialized(scope, DType.F32);
      ViT network = ViT.create(parameters.root(), file.config());
      System.out.printf("Weights: %s: %s%n", place, file.load(parameters, "norm.*"));
      return new FrozenNetwork(network, ModelCard.of(file).stats());
    }
  }

  /** Side of the pictures. */
  public int side() {
    return network.config().imageSize();
  }
}
