package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.cpu.bf16.Bf16Rung;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The CPU backend with factors of BF16, by each kernel. */
class Bf16BackendTest {

  private static final String PROPERTY = "maskalign.bf16.kernel";

  static List<MachineRung> rungs() {
    return MachineRung.ALL;
  }

  @AfterEach
  void anyKernel() {
    System.clearProperty(PROPERTY);
  }

  private static Backends.Choice open(int threads, Precision precision) {
    BackendOptions options =
        BackendOptions.defaults().withThreads(threads).withPrecision(precision);
    return Backends.open("cpu", options);
  }

  /** Layers and attention of two images with their gradients, with sizes that fill no tile. */
  private static List<float[]> results(String kernel, int threads, Precision precision) {
    System.setProperty(PROPERTY, kernel);
    try (Backends.Choice choice = open(threads, precision);
        Scope scope = Scope.root(choice.backend(), "test")) {
      Eager ops = scope.eager();
      Tensor x = ops.affine(ops.uniform(Philox.of(1), 2, 131, 130), 2, -1);
      Tensor weight = ops.affine(ops.uniform(Philox.of(2), 3 * 132, 130), 0.2, -0.1);
      Tensor bias = ops.uniform(Philox.of(3), 3 * 132);
      Tensor frozen = ops.copy(weight);
      frozen.storage().freeze();
      Tensor qkv = ops.linear(x, weight, bias);
      Epilogue gelu = new Epilogue.Activation(Gelu.ERF);
      Tensor y = ops.attention(qkv, 3, 0.15, AttentionMask.CAUSAL);
      Tensor rows = ops.reshape(x, 2 * 131, 130);
      List<float[]> results = new ArrayList<>();
      results.add(qkv.toFloats());
      results.add(ops.linear(x, frozen, bias, gelu).toFloats());
      results.add(y.toFloats());
      results.add(ops.attention(qkv, 3, 0.15).toFloats());
      results.add(ops.attentionGrad(qkv, 3, 0.15, AttentionMask.CAUSAL, y).toFloats());
      results.add(ops.matmul(ops.transpose(rows), rows).toFloats());
      results.add(mlp(ops, x).toFloats());
      return results;
    }
  }

  /** Products that read factors: of 130 features, which are copied to pad them, and of 136. */
  private static Tensor mlp(Eager ops, Tensor x) {
    Tensor first = ops.affine(ops.uniform(Philox.of(4), 136, 130), 0.2, -0.1);
    Tensor second = ops.affine(ops.uniform(Philox.of(5), 45, 136), 0.2, -0.1);
    Tensor normalized = ops.layerNormFactor(x, null, null, 1e-6);
    Tensor hidden = ops.linear(normalized, first, null, new Epilogue.Activation(Gelu.ERF, true));
    return ops.linear(hidden, second, null);
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "result " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void everyKernelGivesTheBitsOfPlainJava(MachineRung rung) {
    assumeTrue(rung.open() instanceof Bf16Rung.Attempt.Opened, "not on this processor");
    List<float[]> expected = results("java", 1, Precision.BF16);
    assertSame(expected, results(rung.name(), 1, Precision.BF16));
    assertSame(expected, results(rung.name(), 2, Precision.BF16));
    assertNotEquals(expected.getFirst()[0], results("java", 1, Precision.F32).getFirst()[0]);
  }

  /** The choice depends on the length alone, so that no bit depends on a measurement. */
  @ParameterizedTest
  @ValueSource(ints = {127, 128})
  void attentionOfShortSequencesStaysInF32(int tokens) {
    assertEquals(
        tokens < 128,
        Arrays.equals(attention(tokens, Precision.BF16), attention(tokens, Precision.F32)));
  }

  private static float[] attention(int tokens, Precision precision) {
    try (Backends.Choice choice = open(1, precision);
        Scope scope = Scope.root(choice.backend(), "test")) {
      Eager ops = scope.eager();
      return ops.attention(ops.uniform(Philox.of(1), 1, tokens, 3 * 32), 2, 0.25).toFloats();
    }
  }

  /** The line says what computes; what decides the bits does not depend on it. */
  @Test
  void theKernelIsNamedAndDecidesNoBits() {
    System.setProperty(PROPERTY, "java");
    String numerics;
    try (Backends.Choice choice = open(1, Precision.BF16)) {
      String line = choice.explanation();
      assertTrue(line.contains("BF16 products by plain Java; F32 is faster here"), line);
      numerics = choice.backend().numerics();
    }
    System.clearProperty(PROPERTY);
    try (Backends.Choice choice = open(1, Precision.BF16)) {
      Backend backend = choice.backend();
      assertEquals(numerics, backend.numerics());
      assertTrue(backend.description().contains("BF16 products by "), backend.description());
    }
    try (Backends.Choice choice = open(1, Precision.F32)) {
      assertNotEquals(numerics, choice.backend().numerics());
    }
  }
}
