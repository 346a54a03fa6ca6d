package io.github.maskalign.cli.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.Nets;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.classify.PredictCommand;
import io.github.maskalign.cli.train.Ran;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The option {@code --merge}. */
class MergeTest {

  /** 49 patches, of which 24 can be merged. */
  private static final ViTConfig CONFIG = ViTConfig.of(28, 4, 16, 2, 2).withChannels(1);

  @TempDir private Path folder;

  private Path teacher() {
    Path weights = folder.resolve("teacher.safetensors");
    EmbeddedTeacher.copyTo(weights);
    return weights;
  }

  private Path classifier(Pooling pooling) {
    Path weights = folder.resolve("classifier.safetensors");
    try (Backend backend = Nets.reference();
        Scope scope = Scope.root(backend, "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViTConfig config = CONFIG.withOutput(OutputConfig.of(pooling));
      ViTClassifier.create(parameters.root(), config, 10);
      ClassifierCard.Head head =
          pooling == Pooling.CLASS_TOKEN ? ClassifierCard.Head.CLS : ClassifierCard.Head.MEAN;
      ClassifierCard card = new ClassifierCard(head, FashionMnist.testSplit().classNames());
      Weights.save(weights, parameters, card.metadata(FashionMnist.STATS));
    }
    return weights;
  }

  private static Ran run(Command command, Path weights, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--weights=" + weights));
    arguments.addAll(List.of(more));
    return Ran.command(command, arguments.toArray(String[]::new));
  }

  private String features(String... more) throws IOException {
    Path csv = folder.resolve("features.csv");
    List<String> arguments =
        new ArrayList<>(List.of("--data=fashion-mnist[:6]", "--batch=4", "--out=" + csv));
    arguments.addAll(List.of(more));
    Ran ran = run(new FeaturesCommand(), teacher(), arguments.toArray(String[]::new));
    assertEquals(0, ran.status(), ran.error());
    return Files.readString(csv);
  }

  @Test
  void featuresChangeOnlyIfTokensAreMerged() throws IOException {
    String plain = features();
    assertEquals(plain, features("--merge=0"));
    String merged = features("--merge=5");
    assertNotEquals(plain, merged);
    assertEquals(merged, features("--merge=5", "--threads=1"));
  }

  @Test
  void neighborsAreSearchedWithMergedTokens() {
    String[] sets = {
      "--data=fashion-mnist[:200]", "--eval-data=fashion-mnist[200:300]", "--merge=8"
    };
    Ran ran = run(new KnnCommand(), teacher(), sets);
    assertEquals(0, ran.status(), ran.error());
    assertTrue(ran.out().contains("top-1 "), ran.out());
    Ran pixels = Ran.command(new KnnCommand(), sets);
    assertEquals(2, pixels.status());
    assertTrue(pixels.error().startsWith("--merge: only with --weights"), pixels.error());
  }

  @ParameterizedTest
  @ValueSource(strings = {"CLASS_TOKEN", "MEAN_PATCHES"})
  void classifiersAreEvaluatedWithMergedTokens(Pooling pooling) {
    Path weights = classifier(pooling);
    String data = "--data=fashion-mnist[:30]";
    Ran plain = run(new EvalCommand(), weights, data);
    assertEquals(0, plain.status(), plain.error());
    assertEquals(plain.out(), run(new EvalCommand(), weights, data, "--merge=0").out());
    Ran merged = run(new EvalCommand(), weights, data, "--merge=12");
    assertEquals(0, merged.status(), merged.error());
    assertTrue(merged.out().contains("on 30 images"), merged.out());
  }

  @Test
  void whatCannotBeMergedIsRefused() {
    Path weights = classifier(Pooling.CLASS_TOKEN);
    String data = "--data=fashion-mnist[:6]";
    String many = "merge must be 0 to 24, half of the 49 patches, got 25";
    Ran eval = run(new EvalCommand(), weights, data, "--merge=25");
    assertTrue(eval.error().contains(many), eval.error());
    Ran predict = run(new PredictCommand(), weights, "--merge=25", weights.toString());
    assertTrue(predict.error().contains(many), predict.error());
    Ran negative = run(new PredictCommand(), weights, "--merge=-1", weights.toString());
    assertTrue(negative.error().contains("--merge"), negative.error());
  }
}
