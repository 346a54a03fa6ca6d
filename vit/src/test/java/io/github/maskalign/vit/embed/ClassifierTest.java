package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.TokenMerging;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import io.github.maskalign.vit.weights.classifier.Probability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTest {

  private static final ViTConfig CONFIG = ViTConfig.of(16, 8, 8, 1, 2);
  private static final List<String> NAMES = List.of("cat", "dog", "eel");
  private static final ClassifierOptions OPTIONS =
      ClassifierOptions.defaults().withBackend("reference").withThreads(1);

  @TempDir private Path folder;
  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F32, 1);

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private Path save(Map<String, String> metadata) {
    Path model = folder.resolve("model.safetensors");
    Weights.save(model, parameters, metadata);
    return model;
  }

  private static Map<String, String> card(ClassifierCard.Head head) {
    return new ClassifierCard(head, NAMES).metadata(ChannelStats.imageNet());
  }

  private void fill(String name, float value) {
    float[] values = new float[(int) parameters.get(name).value().size()];
    Arrays.fill(values, value);
    try (Scope inner = scope.child("fill")) {
      Ops ops = inner.ops();
      var filled = ops.of(values, parameters.get(name).value().shape().dims());
      scope.backend().copy(filled, parameters.get(name).value());
    }
  }

  private static Picture picture(int seed) {
    byte[] pixels = new byte[3 * 16 * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Philox.of(seed).bits(i);
    }
    return Picture.ofInterleaved(pixels, 3, 16, 16);
  }

  private float[] expected(ImageClassifier network, Classifier loaded, Picture picture) {
    try (Scope inner = scope.child("expected")) {
      Ops ops = inner.ops();
      float[] pixels = loaded.preprocessing().apply(picture);
      return network.forward(ops, ops.of(pixels, 1, 3, 16, 16)).toFloats();
    }
  }

  @Test
  void classesAreSortedByProbability() {
    ImageClassifier network =
        ViTClassifier.create(parameters.root(), CONFIG, Pooling.MEAN_PATCHES, 3);
    for (int i = 0; i < 3; i++) {
      fill("head.bias", i);
    }
    Path model = save(card(ClassifierCard.Head.MEAN));
    try (Classifier classifier = Classifier.load(model, OPTIONS)) {
      float[] logits = expected(network, classifier, picture(1));
      assertArrayEquals(logits, classifier.logits(picture(1)));
      float[] probabilities = Probability.SOFTMAX.of(logits);
      assertArrayEquals(probabilities, classifier.probabilities(picture(1)));
      List<Prediction> all = classifier.classify(picture(1), 5);
      assertEquals(3, all.size());
      assertEquals(1, all.stream().mapToDouble(Prediction::probability).sum(), 1e-6);
      for (int i = 0; i < 3; i++) {
        Prediction each = all.get(i);
        assertEquals(NAMES.get(each.number()), each.label());
        assertEquals(probabilities[each.number()], each.probability());
        assertTrue(i == 0 || all.get(i - 1).probability() >= each.probability());
      }
      assertEquals(all.subList(0, 2), classifier.classify(picture(1), 2));
    }
  }

  @Test
  void equalClassesComeInTheOrderOfTheirNumbers() {
    ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, 3);
    fill("head.weight", 0);
    fill("head.bias", 0.5f);
    try (Classifier classifier = Classifier.load(save(card(ClassifierCard.Head.CLS)), OPTIONS)) {
      assertEquals(
          List.of("cat", "dog"),
          classifier.classify(picture(1), 2).stream().map(Prediction::label).toList());
    }
  }

  @Test
  void aProbeIsAClassifier() {
    ImageClassifier network = LinearProbe.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, 3);
    Path model = save(card(ClassifierCard.Head.PROBE_CLS));
    try (Classifier classifier = Classifier.load(model, OPTIONS)) {
      assertArrayEquals(
          expected(network, classifier, picture(2)), classifier.logits(picture(2)), 1e-6f);
    }
  }

  @Test
  void timmNamesTheClassesInItsConfiguration() throws IOException {
    ViTConfig config = CONFIG.withPositions(PositionEmbedding.LEARNED);
    ViTClassifier.create(parameters.root(), config, Pooling.CLASS_TOKEN, 3);
    Path model = save(Map.of());
    try (Classifier classifier = Classifier.load(model, OPTIONS)) {
      assertEquals(List.of("0", "1", "2"), classifier.classes().names());
    }
    for (String names :
        List.of("[\"ant\",\"bee\",\"cow\"]", "{\"2\":\"cow\",\"0\":\"ant\",\"1\":\"bee\"}")) {
      Files.writeString(folder.resolve("config.json"), "{\"label_names\":" + names + "}");
      try (Classifier classifier = Classifier.load(model, OPTIONS)) {
        assertEquals(List.of("ant", "bee", "cow"), classifier.classes().names());
      }
    }
    Files.writeString(folder.resolve("config.json"), "{\"label_names\":[\"ant\"]}");
    String message =
        assertThrows(FormatException.class, () -> Classifier.load(model, OPTIONS)).getMessage();
    assertTrue(message.endsWith("'label_names' has 1 names, the head has 3 classes"), message);
  }

  @Test
  void concurrentCallersGetWhatTheyWouldAlone() throws Exception {
    ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, 3);
    try (Classifier classifier = Classifier.load(save(card(ClassifierCard.Head.CLS)), OPTIONS);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<float[]>> together = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        int seed = i;
        together.add(threads.submit(() -> classifier.logits(picture(seed))));
      }
      for (int i = 0; i < 24; i++) {
        assertArrayEquals(classifier.logits(picture(i)), together.get(i).get());
      }
    }
  }

  @Test
  void mergedTokensGiveTheLogitsOfTheirPooling() {
    Map<Pooling, ClassifierCard.Head> heads =
        Map.of(
            Pooling.CLASS_TOKEN, ClassifierCard.Head.PROBE_CLS,
            Pooling.MEAN_PATCHES, ClassifierCard.Head.PROBE_MEAN);
    for (Pooling pooling : heads.keySet()) {
      Parameters own = Parameters.initialized(scope, DType.F32, 1);
      LinearProbe probe = LinearProbe.create(own.root(), CONFIG.withDepth(2), pooling, 3);
      Path model = folder.resolve(pooling + ".safetensors");
      Weights.save(model, own, card(heads.get(pooling)));
      TokenMerging merging = new TokenMerging(probe.trunk(), 2);
      try (Classifier classifier = Classifier.load(model, OPTIONS.withMerge(2));
          Scope inner = scope.child("expected")) {
        float[] pixels = classifier.preprocessing().apply(picture(1));
        Tensor features = merging.features(inner.ops(), inner.ops().of(pixels, 1, 3, 16, 16));
        float[] logits = probe.classify(inner.ops(), features).toFloats();
        assertArrayEquals(logits, classifier.logits(picture(1)), 1e-6f);
        assertFalse(Arrays.equals(expected(probe, classifier, picture(1)), logits));
      }
    }
  }

  @Test
  void misuseIsRefused() {
    ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, 3);
    Path model = save(card(ClassifierCard.Head.CLS));
    Classifier classifier = Classifier.load(model, OPTIONS);
    assertThrows(ArgumentException.class, () -> classifier.classify(picture(1), 0));
    classifier.close();
    classifier.close();
    assertThrows(ClosedException.class, () -> classifier.classify(picture(1), 1));
    assertThrows(ArgumentException.class, () -> OPTIONS.withThreads(0));
  }

  @Test
  void aDivergedHeadIsNamed() {
    ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, 3);
    fill("head.bias", Float.NaN);
    Path model = save(card(ClassifierCard.Head.CLS));
    FormatException damaged =
        assertThrows(FormatException.class, () -> Classifier.load(model, OPTIONS).close());
    assertTrue(
        damaged.getMessage().contains("'head.bias' has the value NaN"), damaged.getMessage());
    float[] logits = {0, Float.NaN};
    StateException e =
        assertThrows(
            StateException.class,
            () -> Prediction.best(logits, ClassNames.numbers(2), Probability.SOFTMAX, 1));
    assertTrue(e.getMessage().startsWith("classifier: the logit of class 1 is NaN"));
  }

  @Test
  void aNetworkWithoutHeadIsRefused() {
    ViT.create(parameters.root(), CONFIG);
    Path model = save(Map.of());
    String message =
        assertThrows(FormatException.class, () -> Classifier.load(model, OPTIONS)).getMessage();
    assertEquals(
        model
            + " has no classification head; train one with finetune or probe, or evaluate the"
            + " network with knn",
        message);
  }
}
