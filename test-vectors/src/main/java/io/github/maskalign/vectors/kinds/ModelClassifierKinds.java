package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.Checks;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ForwardResult;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.embed.Prediction;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Published classifiers: logits, probabilities, and the best classes with their labels. */
final class ModelClassifierKinds {

  private static final String PIXELS = "in.pixel_values";
  private static final int TOP = 5;

  private ModelClassifierKinds() {}

  static void classifier(VectorCase given) {
    int[] dims = given.dims(PIXELS);
    Eager ops = given.scope().eager();
    try (NetworkFile file = NetworkFile.open(ModelFolder.path(given))) {
      ClassifierFile classifier = ClassifierFile.of(file);
      Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
      ImageClassifier network = classifier.load(parameters, new ImageSize(dims[2], dims[3]));
      Tensor images = given.tensor(PIXELS);
      checkTokens(given.checks(), ops, network, images);
      Tensor logits = network.forward(ops, images);
      given.checks().tensor("out.logits", logits);
      checkBest(given, classifier, logits.toFloats(), dims[0]);
    }
  }

  private static void checkTokens(
      Checks checks, Eager ops, ImageClassifier network, Tensor images) {
    ViT trunk = network.trunk();
    ForwardResult result = trunk.forward(ops, images, ForwardRequest.plain().withAllLevels());
    checks.stacked("out.block_outputs", result.levels());
    Tensor tokens = trunk.normalized(ops, result.tokens());
    checks.tensor("out.forward_features", tokens);
    if (network instanceof ViTClassifier classifier
        && trunk.config().output().pooling() == Pooling.CLASS_AND_DISTILLATION) {
      Tensor both = trunk.pooled(ops, result.tokens());
      List<Tensor> logits = classifier.headLogits(ops, both);
      checks.tensor("out.cls_logits", logits.getFirst());
      checks.tensor("out.distillation_logits", logits.getLast());
      checks.tensor("out.pre_logits", ops.mean(ops.slice(tokens, 1, 0, 2), false, 1));
    } else {
      checks.tensor("out.pre_logits", trunk.pooled(ops, result.tokens()));
    }
  }

  private static void checkBest(
      VectorCase given, ClassifierFile classifier, float[] logits, int batch) {
    int classes = classifier.classes().size();
    int top = Math.min(TOP, classes);
    double[] probabilities = new double[batch * classes];
    long[] ids = new long[batch * top];
    double[] best = new double[batch * top];
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      float[] own = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
      float[] each = classifier.probability().of(own);
      for (int j = 0; j < classes; j++) {
        probabilities[i * classes + j] = each[j];
      }
      List<Prediction> first =
          Prediction.best(own, classifier.classes(), classifier.probability(), top);
      for (int j = 0; j < top; j++) {
        ids[i * top + j] = first.get(j).number();
        best[i * top + j] = first.get(j).probability();
      }
      first.forEach(prediction -> labels.add(prediction.label()));
    }
    Checks checks = given.checks();
    checks.values("out.probabilities", probabilities, batch, classes);
    checks.ranking("out.top5_ids", ids, "out.logits", batch, top);
    checks.values("out.top5_probabilities", best, batch, top);
    if (given.hasSetting("top5_labels")) {
      checks.that("top5_labels", agree(given, ids, labels), "they are " + labels);
    }
  }

  /** Whether labels are the expected ones wherever the class is the expected one. */
  private static boolean agree(VectorCase given, long[] ids, List<String> labels) {
    int[] expectedIds = given.integers("out.top5_ids");
    List<String> expected = new ArrayList<>();
    given
        .setting("top5_labels")
        .forEach(row -> row.forEach(name -> expected.add(name.textValue())));
    return labels.size() == expected.size()
        && IntStream.range(0, ids.length)
            .allMatch(i -> ids[i] != expectedIds[i] || labels.get(i).equals(expected.get(i)));
  }
}
