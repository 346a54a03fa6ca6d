package io.github.maskalign.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.CudaBackend;
import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.cuda.runtime.KernelSource;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plants a small mistake in a fused kernel; each is found by a different result, in at least one
 * order of threads, or by a fault of the emulated device.
 */
@OnEmulator
class FusedFaultsTest {

  /**
   * One mistake.
   *
   * @param file source or header
   * @param good the correct text
   * @param bad the text with the mistake
   * @param computation computation that must change
   */
  private record Mistake(
      String file, String good, String bad, Function<Eager, List<Tensor>> computation) {

    KernelSource plant(String name) {
      KernelSource source = KernelSource.load(name);
      SortedMap<String, String> headers = new TreeMap<>(source.headers());
      headers.replaceAll(this::edited);
      return new KernelSource(name, edited(name, source.text()), headers);
    }

    private String edited(String name, String text) {
      if (!name.equals(file)) {
        return text;
      }
      assertTrue(text.contains(good), () -> file + " has no " + good);
      return text.replace(good, bad);
    }

    @Override
    public String toString() {
      return "%s: '%s' for '%s'".formatted(file, bad, good).replaceAll("\\s+", " ");
    }
  }

  private static Tensor normal(Eager o, long seed, int... dims) {
    int count = IntStream.of(dims).reduce(1, (a, b) -> a * b);
    return o.of(KernelData.normal(seed, count), dims);
  }

  private static List<Tensor> layerNorm(Eager o, int rows, int columns) {
    Tensor x = normal(o, 1, rows, columns);
    Tensor gamma = normal(o, 2, columns);
    var grad = o.layerNormGrad(x, gamma, 1e-6, normal(o, 4, rows, columns));
    return List.of(o.layerNorm(x, null, null, 1e-6), grad.x(), grad.gamma(), grad.beta());
  }

  private static List<Tensor> attention(Eager o, int tokens) {
    Tensor qkv = normal(o, 1, 1, tokens, 3 * 32);
    return List.of(
        o.attention(qkv, 1, 0.2), o.attentionGrad(qkv, 1, 0.2, normal(o, 2, 1, tokens, 32)));
  }

  /** Causal, with hidden keys at the start and the end. */
  private static List<Tensor> masked(Eager o) {
    int tokens = 70;
    Tensor qkv = normal(o, 1, 1, tokens, 3 * 32);
    int[] keys = IntStream.range(0, tokens).map(i -> i > 2 && i < 60 ? 1 : 0).toArray();
    AttentionMask mask = new AttentionMask(true, o.cast(o.of(keys, 1, tokens), DType.U8));
    return List.of(
        o.attention(qkv, 1, 0.2, mask),
        o.attentionGrad(qkv, 1, 0.2, mask, normal(o, 2, 1, tokens, 32)),
        o.attentionProbabilities(qkv, 1, 0.2, mask, 20, tokens));
  }

  /** Runs of equal ids, and both rows of some blocks by turns. */
  private static List<Tensor> embeddingGrad(Eager o) {
    int[] ids = IntStream.range(0, 1_200).map(i -> i / 3 % 7 * 410 + i / 9 % 2).toArray();
    return List.of(o.embeddingGrad(normal(o, 1, 1_200, 3), o.of(ids, 1_200), 3_000));
  }

  private static List<Tensor> mixing(Eager o) {
    List<Tensor> xs = List.of(normal(o, 1, 333), normal(o, 2, 333));
    return List.of(o.weightedSumWeightGrad(xs, normal(o, 3, 333)));
  }

  static Stream<Mistake> mistakes() {
    Function<Eager, List<Tensor>> longRows = o -> layerNorm(o, 2, 1_500);
    Function<Eager, List<Tensor>> oneChunk = o -> attention(o, 33);
    Function<Eager, List<Tensor>> masked = FusedFaultsTest::masked;
    return Stream.of(
        mistake("softmax.cu", "g[j] - sum", "g[j] + sum", o -> softmaxGrad(o, 5, 7)),
        mistake("rows.cuh", "__syncthreads();  // the previous", "// the previous", longRows),
        mistake("rows.cuh", "__syncthreads();\n  return", "return", longRows),
        mistake("rows.cuh", "lane < warps", "lane <= warps", longRows),
        mistake("layernorm.cu", "  __syncthreads();\n", "", o -> layerNorm(o, 9, 40)),
        mistake("layernorm.cu", "if (j < 2 * columns)", "if (true)", o -> layerNorm(o, 9, 9)),
        mistake("loss.cu", "i = first +", "i = 1 + first +", FusedFaultsTest::smoothL1),
        mistake("gather.cu", "- first < rows", "- first <= rows", FusedFaultsTest::embeddingGrad),
        mistake(
            "gather.cu",
            "out[(long long)row * width + column] = sum;\n              row",
            "row",
            FusedFaultsTest::embeddingGrad),
        mistake("gather.cu", "__syncthreads();\n    for", "for", FusedFaultsTest::embeddingGrad),
        mistake("mix.cu", "first + i * THREADS < n ?", "true ?", FusedFaultsTest::mixing),
        mistake(
            "attention.cuh", "columnOf(c) < mask.tokens", "columnOf(c) <= mask.tokens", oneChunk),
        mistake("attention.cuh", "__syncthreads();\n      stage", "stage", o -> attention(o, 200)),
        mistake("attention.cuh", "__syncthreads();\n    }", "}", oneChunk),
        mistake("attention.cu", "acc[r][c] *= rescale[r];", ";", o -> attention(o, 70)),
        mistake("attention_grad.cu", "exp2f(p[r][c] * factor", "exp2f(p[r][c] * scale", oneChunk),
        mistake("attention.cuh", "STEP - 1 - last", "STEP - last", masked),
        mistake("attention.cuh", "last < 0", "last < -1", masked),
        mistake("attention.cuh", "first < lastKey + ROWS", "first < lastKey", masked),
        mistake("attention.cuh", "!keys || keys[key]", "!keys || !keys[key]", masked),
        mistake("attention.cuh", "key < tokens && (!keys", "(!keys", masked),
        mistake("attention.cuh", "MASK && total == 0 ? 0 : 1", "1", masked),
        mistake("attention.cuh", "MASK && total == 0 ? 0 : num", "num", masked),
        mistake("attention.cuh", "? -MINUS_INFINITY", "? MINUS_INFINITY", masked),
        mistake("attention.cuh", "!(rows >> rowOf(r) & 1)", "false", masked),
        mistake("attention_grad.cu", "token >= first", "token > first", masked),
        mistake("attention_grad.cu", "query + STEP <= first", "query < first", masked),
        mistake("attention_mma.cuh", "y[2], y[3]", "y[3], y[2]", oneChunk),
        mistake("attention_mma.cuh", "PITCH + laneId() / 16 * 8", "PITCH", oneChunk),
        mistake("attention_fma.cuh", "__syncwarp();  // the weights", "// the weights", oneChunk),
        mistake("attention_fma.cuh", "__syncwarp();\n  scratch", "scratch", oneChunk));
  }

  private static Mistake mistake(
      String file, String good, String bad, Function<Eager, List<Tensor>> computation) {
    return new Mistake(file, good, bad, computation);
  }

  private static List<Tensor> softmaxGrad(Eager o, int rows, int columns) {
    return List.of(
        o.softmaxGrad(o.softmax(normal(o, 1, rows, columns)), normal(o, 2, rows, columns)));
  }

  private static List<Tensor> smoothL1(Eager o) {
    return List.of(o.smoothL1(normal(o, 1, 333), normal(o, 2, 333), 1));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreFound(Mistake mistake, Emulator emulator) {
    emulator.set("quiet", 1);
    Precision precision = mistake.file.contains("mma") ? Precision.BF16 : Precision.F32;
    List<float[]> good = run(precision, KernelSource::load, mistake.computation);
    boolean found = false;
    // Some mistakes show in one order of blocks only, which the load of the machine may change.
    for (int attempt = 0; attempt < 6 && !found; attempt++) {
      emulator.set("reverse", attempt % 2);
      try {
        List<float[]> bad = run(precision, mistake::plant, mistake.computation);
        found =
            !IntStream.range(0, good.size()).allMatch(i -> Arrays.equals(good.get(i), bad.get(i)));
      } catch (DeviceException expected) {
        found = !emulator.fault().isEmpty();
      }
      emulator.renew();
    }
    assertTrue(found, mistake::toString);
  }

  private static List<float[]> run(
      Precision precision,
      Function<String, KernelSource> sources,
      Function<Eager, List<Tensor>> computation) {
    try (CudaBackend backend = Gpus.exactBackend(precision, sources);
        Scope scope = Scope.root(backend, "test")) {
      return computation.apply((Eager) scope.ops()).stream().map(Tensor::toFloats).toList();
    }
  }
}
