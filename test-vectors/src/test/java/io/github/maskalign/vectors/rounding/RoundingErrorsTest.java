package io.github.maskalign.vectors.rounding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vectors.cases.CaseKind;
import io.github.maskalign.vectors.cases.Finding;
import io.github.maskalign.vectors.cases.Manifest;
import io.github.maskalign.vectors.cases.Result;
import io.github.maskalign.vectors.cases.Slack;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vectors.kinds.Kinds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of BF16 are as wide as its rounding, and narrower than faults. */
class RoundingErrorsTest {

  private static final Path FOLDER = Path.of("").toAbsolutePath();
  private static final String KERNEL = "maskalign.bf16.kernel";

  private static Backends.Choice bf16;
  private static Backends.Choice reference;
  private static RoundingErrors errors;

  @BeforeAll
  static void open() {
    bf16 = inBf16();
    reference = Backends.open("reference", BackendOptions.defaults());
    errors = new RoundingErrors(Precision.BF16);
  }

  @AfterAll
  static void close() {
    errors.close();
    reference.close();
    bf16.close();
  }

  private static Backends.Choice inBf16() {
    return Backends.open("cpu", BackendOptions.defaults().withPrecision(Precision.BF16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ops/gelu_erf", "ops/layer_norm_plain", "optim/lars", "data/mix_0"})
  void casesWithoutProductsKeepTheirTolerances(String name) {
    assertEquals(Slack.none(), new Case(name).slack(errors));
  }

  /** That of TF32 is 8 times smaller. The last layer's bias has a gradient without a product. */
  @Test
  void slackIsProportionalToTheUnitOfRounding() {
    Case block = new Case("vit/block");
    Map<String, double[]> narrow;
    try (RoundingErrors tf32 = new RoundingErrors(Precision.TF32)) {
      narrow = block.slack(tf32).byName();
    }
    block
        .slack(errors)
        .byName()
        .forEach(
            (name, wide) -> {
              double sum = Arrays.stream(wide).sum();
              double narrowSum = Arrays.stream(narrow.get(name)).sum();
              boolean moved = sum > 0;
              assertEquals(moved, !name.equals("grad.mlp.fc2.bias"), name);
              assertTrue(!moved || (sum > 4 * narrowSum && sum < 16 * narrowSum), name);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"vit/block", "vit/student_forward", "vit/finetune_cls"})
  void backendOfFewerBitsFails(String name) {
    Case network = new Case(name);
    Slack slack = network.slack(errors);
    assertTrue(network.run(bf16.backend(), slack).passed());
    Backend coarse = new RoundingBackend(reference.backend(), new FactorGrid(4, 1));
    assertFalse(network.run(coarse, slack).passed());
  }

  @ParameterizedTest
  @EnumSource
  void everyFaultInABlockFails(FaultyBackend.Fault fault) {
    assertTrue(faults("vit/block", fault) > 0, "the block has no such call");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"WRONG_SCALE_IN_GRADIENT", "LOST_TERM_IN_PRODUCT"})
  void everyFaultInANetworkFails(FaultyBackend.Fault fault) {
    assertTrue(faults("vit/student_forward", fault) >= 4, "the network has fewer calls");
  }

  /** Plants a fault in each call, and returns how many calls there are. */
  private static int faults(String name, FaultyBackend.Fault fault) {
    Case network = new Case(name);
    Slack slack = network.slack(errors);
    for (int call = 0; ; call++) {
      FaultyBackend faulty = new FaultyBackend(bf16.backend(), fault, call);
      Finding finding = network.run(faulty.proxy(), slack);
      if (!faulty.reached()) {
        assertTrue(finding.passed(), finding::toString);
        return call;
      }
      int number = call;
      assertFalse(finding.passed(), () -> fault + " in call " + number + ": " + finding);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vit/finetune_avgpool", "maskalign/base"})
  void plainJavaComputesTheSameBits(String name) {
    Case network = new Case(name);
    Map<String, Result> results = network.results(bf16.backend());
    Map<String, Result> plain;
    System.setProperty(KERNEL, "java");
    try (Backends.Choice java = inBf16()) {
      assertTrue(java.explanation().contains("plain Java"), java::explanation);
      plain = network.results(java.backend());
    } finally {
      System.clearProperty(KERNEL);
    }
    assertEquals(results.keySet(), plain.keySet());
    results.forEach(
        (key, result) -> assertArrayEquals(result.values(), plain.get(key).values(), key));
  }

  /** A case of the module's folder. */
  private record Case(Manifest manifest, CaseKind kind) {

    Case(String name) {
      this(Manifest.read(FOLDER, FOLDER.resolve(name + ".json")));
    }

    private Case(Manifest manifest) {
      this(manifest, Kinds.all().get(manifest.kind()));
    }

    Slack slack(RoundingErrors precision) {
      return precision.measure(manifest, kind);
    }

    Finding run(Backend backend, Slack slack) {
      try (VectorCase given = VectorCase.open(manifest, backend, slack)) {
        kind.run(given);
        return given.checks().worst();
      }
    }

    Map<String, Result> results(Backend backend) {
      try (VectorCase given = VectorCase.open(manifest, backend, Slack.none())) {
        kind.run(given);
        return given.checks().results();
      }
    }
  }
}
