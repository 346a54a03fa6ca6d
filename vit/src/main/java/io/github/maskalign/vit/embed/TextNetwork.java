package io.github.maskalign.vit.embed;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.pair.PairLogits;
import io.github.maskalign.vit.text.TextBatch;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextTransformer;
import io.github.maskalign.vit.weights.TextTowerFile;
import java.util.List;

/** texts as batches of one -> their embeddings [P] at unit length. Not thread-safe. */
final class TextNetwork {

  private static final String TEXTS = "text";

  private final Scope scope;
  private final TextTransformer tower;
  private final PairLogits logits;

  private TextNetwork(Scope scope, TextTransformer tower, PairLogits logits) {
    this.scope = scope;
    this.tower = tower;
    this.logits = logits;
  }

  /**
   * Loads the weights.
   *
   * @param scope owns the weights
   * @param file must stay open while the network is used
   */
  static TextNetwork load(Scope scope, TextTowerFile file) {
    Parameters parameters = Parameters.lazy(scope, DType.F32);
    TextTransformer tower = TextTransformer.create(parameters.root().at(TEXTS), file.config());
    PairLogits logits = PairLogits.create(parameters.root(), file.hasLogitBias());
    file.load(parameters, TEXTS + ".");
    file.loadLogits(parameters);
    parameters.freeze();
    return new TextNetwork(scope, tower, logits);
  }

  /** The configuration of the tower. */
  TextConfig config() {
    return tower.config();
  }

  /** The learned scale and bias of cosines. */
  PairLogits logits() {
    return logits;
  }

  List<float[]> embed(List<TextBatch> texts) {
    try (Scope inner = scope.child("texts")) {
      TextBatch batch = TextBatch.joined(texts, tower.config().padding());
      return Rows.of(tower.forward(inner.ops(), batch)).stream()
          .map(CosineSimilarity::normalize)
          .toList();
    }
  }
}
