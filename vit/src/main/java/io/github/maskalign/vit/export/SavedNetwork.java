package io.github.maskalign.vit.export;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.LoadReport;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All weights of a network file in memory, with the classification head if there is one, for
 * export: parameters of a {@link ViTClassifier}, or of a {@link ViT}. The batch norm of a linear
 * probe is folded into its linear layer.
 *
 * @param config the configuration of the network, with the pooling before the head
 * @param parameters its weights, with timm's names
 * @param classes of the head, 0 if there is none
 * @param report of loading the weights
 * @since 0.1.0
 */
public record SavedNetwork(
    ViTConfig config, Parameters parameters, int classes, LoadReport report) {

  /** Begins the names of the parameters of one head or two. */
  private static final String HEAD = "head";

  /**
   * Loads a network.
   *
   * @param scope owns the weights
   * @throws FormatException if the file lacks a parameter, or its head is not supported
   */
  public static SavedNetwork load(Scope scope, NetworkFile file) {
    Parameters parameters = Parameters.uninitialized(scope, DType.F32);
    Optional<ClassifierFile> head = ClassifierFile.find(file);
    if (head.isEmpty()) {
      ViT.create(parameters.root(), file.config());
      return new SavedNetwork(file.config(), parameters, 0, file.load(parameters));
    }
    ClassifierFile classifier = head.get();
    int classes = classifier.classes().size();
    ViTConfig config = file.config().withOutput(classifier.output());
    ViTClassifier.create(parameters.root(), config, classes);
    LoadReport report = classifier.loadTrunk(parameters).completed(HEAD);
    classifier.loadRows(parameters, IntStream.range(0, classes).toArray());
    return new SavedNetwork(config, parameters, classes, report);
  }
}
