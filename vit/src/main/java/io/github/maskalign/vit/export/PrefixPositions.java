package io.github.maskalign.vit.export;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import java.util.List;

/**
 * Networks in which more or fewer of the tokens before the patches have positions: a position is
 * added to its token beforehand, or is zero. The first block sees the same bits.
 */
final class PrefixPositions {

  private static final String TABLE = "pos_embed";
  private static final List<String> TOKENS = List.of("cls_token", "dist_token", "reg_token");

  private PrefixPositions() {}

  /**
   * A network with as many positions.
   *
   * @param network with a table of positions
   * @param positioned number of leading tokens with positions
   */
  static SavedNetwork of(SavedNetwork network, int positioned) {
    ViTConfig config = network.config();
    TokenConfig tokens = config.tokens();
    if (tokens.positionedPrefix() == positioned) {
      return network;
    }
    Scope scope = network.parameters().scope();
    ViTConfig other = config.withTokens(tokens.withPositions(tokens.positions(), positioned));
    Parameters moved = Parameters.uninitialized(scope, DType.F32);
    if (network.classes() > 0) {
      ViTClassifier.create(moved.root(), other, network.classes());
    } else {
      ViT.create(moved.root(), other);
    }
    float[] table = network.parameters().get(TABLE).value().toFloats();
    int own = tokens.positionedPrefix() * config.width();
    int wanted = positioned * config.width();
    int token = 0;
    for (Parameter parameter : moved.all()) {
      float[] values = network.parameters().get(parameter.name()).value().toFloats();
      if (parameter.name().equals(TABLE)) {
        values = new float[wanted + table.length - own];
        System.arraycopy(table, 0, values, 0, Math.min(own, wanted));
        System.arraycopy(table, own, values, wanted, table.length - own);
      } else if (TOKENS.contains(parameter.name())) {
        for (int i = Math.max(0, wanted - token); i < values.length && token + i < own; i++) {
          values[i] += table[token + i];
        }
        token += values.length;
      }
      Tensor target = parameter.value();
      try (Scope inner = scope.child("positions")) {
        scope.backend().copy(inner.ops().of(values, target.shape().dims()), target);
      }
    }
    return new SavedNetwork(other, moved, network.classes(), network.report());
  }
}
