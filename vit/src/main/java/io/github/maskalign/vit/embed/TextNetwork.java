package io.github.maskalign.vit.embed;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.text.TextTransformer;
import io.github.maskalign.vit.weights.TextTowerFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** texts as token ids -> their embeddings [P] at unit length. Not thread-safe. */
final class TextNetwork {

  private final Scope scope;
  private final TextTransformer tower;
  private final double logitScale;

  private TextNetwork(Scope scope, TextTransformer tower, double logitScale) {
    this.scope = scope;
    this.tower = tower;
    this.logitScale = logitScale;
  }

  /**
   * Loads the weights.
   *
   * @param scope owns the weights
   * @param file must stay open while the network is used
   */
  static TextNetwork load(Scope scope, TextTowerFile file) {
    Parameters parameters = Parameters.lazy(scope, DType.F32);
    TextTransformer tower = TextTransformer.create(parameters.root(), file.config());
    var scale = parameters.root().add("logit_scale", Init.zeros(), 1);
    file.load(parameters);
    parameters.freeze();
    return new TextNetwork(scope, tower, Math.exp(scale.toFloats()[0]));
  }

  /** The learned scale of cosines. */
  double logitScale() {
    return logitScale;
  }

  List<float[]> embed(List<int[]> texts) {
    try (Scope inner = scope.child("texts")) {
      float[] values = tower.forward(inner.ops(), texts).toFloats();
      int width = tower.config().projection();
      List<float[]> embeddings = new ArrayList<>();
      for (int i = 0; i < texts.size(); i++) {
        embeddings.add(
            CosineSimilarity.normalize(Arrays.copyOfRange(values, i * width, (i + 1) * width)));
      }
      return embeddings;
    }
  }
}
