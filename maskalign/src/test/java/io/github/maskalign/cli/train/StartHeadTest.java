package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.Nets;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.eval.EvalCommand;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tuning that starts from a classifier. */
class StartHeadTest {

  private static final int WIDTH = 12;
  private static final List<String> CLASSES = List.of("tabby", "zebra", "goldfish");
  private static final ViTConfig NETWORK =
      ViTConfig.of(8, 4, WIDTH, 1, 1).withPositions(PositionEmbedding.LEARNED);

  @TempDir private Path folder;
  private Path weights;
  private float[] head;

  @BeforeEach
  void write() throws IOException {
    ClassifierCard card = new ClassifierCard(ClassifierCard.Head.CLS, CLASSES);
    weights = saved("model", card.metadata(ChannelStats.imageNet()), StartHeadTest::classifier);
    head = tensor(weights, "head.weight");
    Path published = saved("published", Map.of(), StartHeadTest::classifier);
    Files.writeString(
        published.resolveSibling("config.json"),
        "{\"label_names\":[\"tabby, tabby cat\",\"zebra\",\"goldfish\"]}");
  }

  private static void classifier(Parameters parameters) {
    ViTClassifier.create(parameters.root(), NETWORK, Pooling.CLASS_TOKEN, CLASSES.size());
  }

  private Path saved(String name, Map<String, String> metadata, Consumer<Parameters> network)
      throws IOException {
    Path file = Files.createDirectories(folder.resolve(name)).resolve("model.safetensors");
    try (Backend backend = Nets.reference();
        Scope scope = Scope.root(backend, "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      network.accept(parameters);
      Weights.save(file, parameters, metadata);
    }
    return file;
  }

  private static float[] tensor(Path weights, String name) {
    try (SafeTensorsFile file = SafeTensorsFile.open(weights)) {
      return file.segment(name).toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  private Path images(String... classes) throws IOException {
    Path set = folder.resolve(String.join("-", classes));
    for (int i = 0; i < classes.length; i++) {
      Path images = Files.createDirectories(set.resolve(classes[i]));
      for (int j = 0; j < 2; j++) {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_3BYTE_BGR);
        image.setRGB(i, j, 0xff8040);
        ImageIO.write(image, "png", images.resolve(j + ".png").toFile());
      }
    }
    return set;
  }

  private Ran finetune(Path from, Path data, String... more) {
    List<String> all = new ArrayList<>(Arrays.asList(more));
    all.addAll(
        List.of(
            "--weights=" + from,
            "--data=" + data,
            "--out=" + folder.resolve("run-" + all.hashCode()),
            "--backend=reference",
            "--epochs=1",
            "--batch=2",
            "--lr=1e-20",
            "--min-lr=0",
            "--warmup=0",
            "--quiet",
            "--augment=none",
            "--erase-prob=0"));
    return Ran.command(new FinetuneCommand(), all.toArray(String[]::new));
  }

  /** The weights that a run wrote. */
  private static Path written(Ran ran) {
    String line = ran.out().lines().filter(l -> l.startsWith("Weights: ")).toList().getLast();
    return Path.of(line.substring(9));
  }

  /** The rows of a class in the head of the run whose options these are. */
  private float[] row(Ran ran, int row) {
    return Arrays.copyOfRange(tensor(written(ran), "head.weight"), row * WIDTH, (row + 1) * WIDTH);
  }

  private float[] first(int row) {
    return Arrays.copyOfRange(head, row * WIDTH, (row + 1) * WIDTH);
  }

  @Test
  void aHeadIsKeptByTheNamesOfItsClasses() throws IOException {
    Ran ran = finetune(weights, images("goldfish", "tabby"), "--head=keep");
    assertEquals(0, ran.status(), ran.error());
    assertTrue(ran.out().contains("Head: kept, 2 of 3 classes\n"), ran.out());
    assertFalse(ran.out().contains("missing"), ran.out());
    assertArrayEquals(first(2), row(ran, 0), 1e-6f);
    assertArrayEquals(first(0), row(ran, 1), 1e-6f);
  }

  @Test
  void aPublishedHeadIsKeptBySynset() throws IOException {
    Path data = images("n01443537", "n02123045");
    Ran ran = finetune(folder.resolve("published"), data, "--head=keep");
    assertEquals(0, ran.status(), ran.error());
    assertTrue(
        ran.out().contains("Head: kept, 2 of 3 classes, such as goldfish for n01443537\n"),
        ran.out());
    assertArrayEquals(first(2), row(ran, 0), 1e-6f);
    Ran scored =
        Ran.command(
            new EvalCommand(),
            "--weights=" + folder.resolve("published"),
            "--data=" + data,
            "--backend=reference");
    assertEquals(0, scored.status(), scored.error());
    assertTrue(scored.out().contains("no images of the class zebra"), scored.out());
  }

  @Test
  void aHeadOfSeveralClassesPerImageIsIntroduced() throws IOException {
    Path published = folder.resolve("published");
    Files.writeString(
        published.resolve("config.json"),
        "{\"label_names\":[\"tabby, tabby cat\",\"zebra\",\"goldfish\"],"
            + "\"problem_type\":\"multi_label_classification\"}");
    Ran ran = finetune(published, images("goldfish", "tabby"), "--head=keep");
    assertEquals(0, ran.status(), ran.error());
    assertTrue(ran.out().contains("is trained for one (softmax)\n"), ran.out());
  }

  @Test
  void aNewHeadTakesNothingFromOneOfTheSameSize() throws IOException {
    Ran ran = finetune(weights, images("ant", "bee", "cow"));
    assertEquals(0, ran.status(), ran.error());
    assertTrue(
        ran.out()
            .contains(
                "Head: new, 3 classes, instead of the weights' with 3 classes; --head keep starts"
                    + " from it\n"),
        ran.out());
    for (int i = 0; i < 3; i++) {
      assertTrue(Math.abs(first(i)[0] - row(ran, i)[0]) > 1e-7, "row " + i);
    }
  }

  /** The head has a line of its own, and does not count among the weights that are loaded. */
  @Test
  void theHeadIsReportedByItself() throws IOException {
    Path data = images("ant", "bee");
    List<String> all =
        List.of(
            "--weights=" + weights,
            "--data=" + data,
            "--out=" + folder.resolve("probed"),
            "--backend=reference",
            "--epochs=1",
            "--quiet");
    Ran probed = Ran.command(new ProbeCommand(), all.toArray(String[]::new));
    assertEquals(0, probed.status(), probed.error());
    assertTrue(
        probed.out().contains("Head: new, 2 classes, instead of the weights' with 3 classes\n"),
        probed.out());
    assertFalse(probed.out().contains("missing"), probed.out());
    Ran tuned = finetune(weights, data);
    assertFalse(tuned.out().contains("head."), tuned.out());
  }

  /** DeiT's: both are trained, and their mean is the result. */
  @Test
  void bothHeadsOfADistilledClassifierAreKept() throws IOException {
    TokenConfig tokens = NETWORK.tokens().withDistillationToken(true);
    ClassifierCard card = new ClassifierCard(ClassifierCard.Head.LINEAR, CLASSES);
    Path distilled =
        saved(
            "deit",
            card.metadata(ChannelStats.imageNet()),
            parameters ->
                ViTClassifier.create(
                    parameters.root(),
                    NETWORK.withTokens(tokens),
                    Pooling.CLASS_AND_DISTILLATION,
                    CLASSES.size()));
    Path data = images("goldfish", "tabby");
    Ran ran = finetune(distilled, data, "--head=keep");
    assertEquals(0, ran.status(), ran.error());
    assertArrayEquals(
        Arrays.copyOfRange(tensor(distilled, "head_dist.weight"), 2 * WIDTH, 3 * WIDTH),
        Arrays.copyOfRange(tensor(written(ran), "head_dist.weight"), 0, WIDTH),
        1e-6f);
    Ran again = finetune(written(ran), data, "--head=keep", "--seed=3");
    assertEquals(0, again.status(), again.error());
    assertTrue(again.out().contains("Head: kept, 2 of 2 classes\n"), again.out());
  }

  @Test
  void theNormOfAProbeIsFoldedIntoTheHeadThatIsKept() throws IOException {
    ClassifierCard card = new ClassifierCard(ClassifierCard.Head.PROBE_MEAN, CLASSES);
    Path probed =
        saved(
            "probe",
            card.metadata(ChannelStats.imageNet()),
            parameters -> {
              LinearProbe.create(parameters.root(), NETWORK, Pooling.MEAN_PATCHES, CLASSES.size());
              Tensor variance = parameters.get("head.0.running_var").value();
              Scope scope = parameters.scope();
              scope
                  .backend()
                  .copy(scope.ops().full(variance.dtype(), variance.shape(), 4), variance);
            });
    float[] linear = tensor(probed, "head.1.weight");
    Ran ran = finetune(probed, images("goldfish", "tabby"), "--head=keep");
    assertEquals(0, ran.status(), ran.error());
    float[] row = row(ran, 1);
    for (int i = 0; i < WIDTH; i++) {
      assertEquals(linear[i] / 2, row[i], 1e-6f);
    }
  }

  /** A head that gives no classes. */
  @Test
  void aHeadThatCannotBeKeptIsExchanged() throws IOException {
    Path published = folder.resolve("published/config.json");
    Files.writeString(published, "{\"problem_type\":\"regression\"}");
    Path data = images("ant", "bee");
    Ran ran = finetune(published.getParent(), data, "--head=new");
    assertEquals(0, ran.status(), ran.error());
    assertTrue(ran.out().contains("Head: new, 2 classes, instead of the weights', which"));
    Ran kept = finetune(published.getParent(), data, "--head=keep");
    assertEquals(2, kept.status());
    assertTrue(kept.error().contains("problem_type 'regression'"), kept.error());
  }

  @Test
  void aHeadThatLacksAClassIsNotKept() throws IOException {
    Ran ran = finetune(weights, images("goldfish", "unicorn"), "--head=keep");
    assertEquals(2, ran.status());
    assertTrue(
        ran.error().contains("--data has the class unicorn, unknown to the weights' head"),
        ran.error());
  }
}
