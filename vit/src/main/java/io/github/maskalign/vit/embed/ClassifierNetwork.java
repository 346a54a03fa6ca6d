package io.github.maskalign.vit.embed;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import io.github.maskalign.vit.weights.classifier.Probability;
import java.util.List;
import java.util.OptionalInt;

/** images [C, H, W], preprocessed -> their logits [classes]. Not thread-safe. */
record ClassifierNetwork(
    Scope scope,
    ImageTower tower,
    ImageClassifier network,
    ClassNames classes,
    Probability probability,
    ModelCard card) {

  /**
   * Loads the weights.
   *
   * @param scope owns the weights
   * @param merge tokens to merge in each block
   * @param file must stay open while the network is used
   * @throws io.github.maskalign.tensor.error.FormatException if the file has no head
   */
  static ClassifierNetwork load(Scope scope, NetworkFile file, int merge) {
    ModelCard stated = ModelCard.of(file);
    ImageSize size = stated.imageSize(file);
    ModelCard card = stated.withSizeIfFixed(size);
    ClassifierFile classifier = ClassifierFile.of(file.withImageSize(size));
    Parameters parameters = Parameters.lazy(scope, DType.F32);
    ImageClassifier network = classifier.load(parameters);
    parameters.freeze();
    ImageTower tower = ImageTower.of(network.trunk(), card.preprocessing(), merge);
    tower.require(network.trunk().config().output().pooling());
    return new ClassifierNetwork(
        scope, tower, network, classifier.classes(), classifier.probability(), card);
  }

  List<float[]> logits(List<PixelValues> images) {
    try (Scope inner = scope.child("classification")) {
      Ops ops = inner.ops();
      return Rows.of(network.classify(ops, features(ops, images)));
    }
  }

  private Tensor features(Ops ops, List<PixelValues> images) {
    OptionalInt leading = tower.config().output().pooling().leadingTokens();
    return tower.pooled(ops, tower.forward(ops, images, -1, leading));
  }
}
