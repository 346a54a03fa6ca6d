package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
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
 * Faults planted in the fused kernels, each a small slip of the pen: another result, in one order
 * of threads at least, or a fault of the emulated device gives each away.
 */
@OnEmulator
class FusedFaultsTest {

  /**
   * One slip.
   *
   * @param file source or header
   * @param good what stands there
   * @param bad what is put in its place
   * @param computation that has to suffer
   */
  private record Slip(
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

  private static List<Tensor> mixing(Eager o) {
    List<Tensor> xs = List.of(normal(o, 1, 333), normal(o, 2, 333));
    return List.of(o.weightedSumWeightGrad(xs, normal(o, 3, 333)));
  }

  static Stream<Slip> slips() {
    Function<Eager, List<Tensor>> longRows = o -> layerNorm(o, 2, 1_500);
    Function<Eager, List<Tensor>> oneChunk = o -> attention(o, 33);
    return Stream.of(
        slip("softmax.cu", "g[j] - sum", "g[j] + sum", o -> softmaxGrad(o, 5, 7)),
        slip("rows.cuh", "__syncthreads();  // the parts", "// the parts", longRows),
        slip("rows.cuh", "__syncthreads();\n  return", "return", longRows),
        slip("rows.cuh", "lane < warps", "lane <= warps", longRows),
        slip("layernorm.cu", "  __syncthreads();\n", "", o -> layerNorm(o, 9, 40)),
        slip("layernorm.cu", "if (j < 2 * columns)", "if (true)", o -> layerNorm(o, 9, 9)),
        slip("loss.cu", "i = first +", "i = 1 + first +", FusedFaultsTest::smoothL1),
        slip("mix.cu", "first + i * THREADS < n ?", "true ?", FusedFaultsTest::mixing),
        slip("attention.cuh", "columnOf(c) < tokens ?", "columnOf(c) <= tokens ?", oneChunk),
        slip("attention.cuh", "__syncthreads();\n      stage", "stage", o -> attention(o, 200)),
        slip("attention.cuh", "__syncthreads();\n    }", "}", oneChunk),
        slip("attention.cu", "sums[r][c] *= rescale[r];", ";", o -> attention(o, 70)),
        slip("attention_grad.cu", "exp2f(p[r][c] * factor", "exp2f(p[r][c] * scale", oneChunk),
        slip("attention_mma.cuh", "y[2], y[3]", "y[3], y[2]", oneChunk),
        slip("attention_mma.cuh", "PITCH + lane() / 16 * 8", "PITCH", oneChunk),
        slip("attention_fma.cuh", "__syncwarp();  // the weights", "// the weights", oneChunk),
        slip("attention_fma.cuh", "__syncwarp();\n  scratch", "scratch", oneChunk));
  }

  private static Slip slip(
      String file, String good, String bad, Function<Eager, List<Tensor>> computation) {
    return new Slip(file, good, bad, computation);
  }

  private static List<Tensor> softmaxGrad(Eager o, int rows, int columns) {
    return List.of(
        o.softmaxGrad(o.softmax(normal(o, 1, rows, columns)), normal(o, 2, rows, columns)));
  }

  private static List<Tensor> smoothL1(Eager o) {
    return List.of(o.smoothL1(normal(o, 1, 333), normal(o, 2, 333), 1));
  }

  @ParameterizedTest
  @MethodSource("slips")
  void aSlipIsFound(Slip slip, Emulator emulator) {
    emulator.set("quiet", 1);
    Precision precision = slip.file.contains("mma") ? Precision.BF16 : Precision.F32;
    List<float[]> good = run(precision, KernelSource::load, slip.computation);
    boolean found = false;
    for (int reverse = 0; reverse < 2 && !found; reverse++) {
      emulator.set("reverse", reverse);
      try {
        List<float[]> bad = run(precision, slip::plant, slip.computation);
        found =
            !IntStream.range(0, good.size()).allMatch(i -> Arrays.equals(good.get(i), bad.get(i)));
      } catch (DeviceException expected) {
        found = !emulator.fault().isEmpty();
      }
      emulator.renew();
    }
    assertTrue(found, slip::toString);
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
