package io.github.maskalign.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.cuda.runtime.KernelSource;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kernel sources list exactly the operations and types of the contract, and an unknown one does not
 * load or does not compile.
 */
@OnEmulator
class UnknownOperationsTest {

  private static List<String> names(Enum<?>[] values) {
    return Stream.of(values).map(Enum::name).toList();
  }

  /** All matches of a pattern's group in a source. */
  private static List<String> listed(String file, String pattern) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(KernelSource.load(file).text())
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  private static List<String> structs(String file, String namespace) {
    return structsIn(KernelSource.load(file).text(), namespace);
  }

  private static List<String> structsIn(String text, String namespace) {
    String end = "}  // namespace " + namespace;
    String list = text.substring(text.indexOf("namespace " + namespace + " {"), text.indexOf(end));
    return Pattern.compile("^struct (\\w+)", Pattern.MULTILINE)
        .matcher(list)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  @Test
  void kernelsListTheOperationsOfTheContract() {
    assertEquals(names(UnaryOp.values()), listed("elementwise.cu", "^UNARY\\((\\w+),"));
    assertEquals(names(BinaryOp.values()), listed("elementwise.cu", "^BINARY\\((\\w+),"));
    assertEquals(names(Reduction.values()), listed("reduce.cu", "^REDUCTION\\((\\w+),"));
    assertEquals(
        names(Gelu.values()),
        structsIn(KernelSource.load("gelu.cu").headers().get("gelu.cuh"), "kinds"));
  }

  @Test
  void kernelsListTheTypesOfTheContract() {
    assertEquals(names(DType.values()), structs("convert.cu", "dtypes"));
    List<String> indices =
        Stream.of(DType.values()).filter(DType::isIndex).map(DType::name).sorted().toList();
    assertEquals(indices, structs("gather.cu", "indices"));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F64"})
  void everyOperationLoads(DType dtype) {
    String real = KernelArguments.real(dtype);
    try (Gpu gpu = Gpus.open()) {
      for (UnaryOp op : UnaryOp.values()) {
        gpu.kernels().get("elementwise.cu", "unary_" + op, real);
      }
      for (BinaryOp op : BinaryOp.values()) {
        gpu.kernels().get("elementwise.cu", "binary_" + op, real);
      }
      for (Reduction op : Reduction.values()) {
        gpu.kernels().get("reduce.cu", "reduceRow_" + op, real);
        gpu.kernels().get("reduce.cu", "reduceColumns_" + op, real);
      }
      for (Gelu kind : Gelu.values()) {
        gpu.kernels().get("gelu.cu", "gelu", real, "GELU=" + kind);
        gpu.kernels().get("gelu.cu", "geluGrad", real, "GELU=" + kind);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "elementwise.cu, unary_SWISH",
    "elementwise.cu, binary_POW",
    "reduce.cu, reduceRow_PROD",
    "reduce.cu, reduceColumns_PROD"
  })
  void unknownOperationsDoNotLoad(String file, String kernel) {
    try (Gpu gpu = Gpus.open()) {
      String message =
          assertThrows(DeviceException.class, () -> gpu.kernels().get(file, kernel, "REAL=float"))
              .getMessage();
      assertTrue(message.contains(file + " has no kernel " + kernel), message);
    }
  }

  /** The compiler's messages contain a text that names the mistake. */
  @ParameterizedTest
  @CsvSource({
    "gelu.cu, REAL=float, GELU=SWISH, SWISH",
    "convert.cu, FROM=F8, TO=F32, F8",
    "convert.cu, FROM=F32, TO=F8, F8",
    "gather.cu, REAL=float, INDEX=I16, I16",
    "softmax.cu, REAL=int, UNUSED=1, Real<int>",
    "attention.cu, HEAD=64, MATH=WMMA, MATH is neither FMA nor MMA",
    "attention_grad.cu, HEAD=64, UNUSED=1, MATH is neither FMA nor MMA",
    "attention.cu, HEAD=48, MATH=FMA, 'HEAD is 32, 64, 96 or 128'"
  })
  void unknownVariantsDoNotCompile(String file, String first, String second, String text) {
    try (Gpu gpu = Gpus.open()) {
      String message =
          assertThrows(
                  DeviceException.class, () -> gpu.kernels().get(file, "kernel", first, second))
              .getMessage();
      String log = message.substring(message.indexOf('\n'));
      assertTrue(message.contains("compiling " + file) && log.contains(text), message);
    }
  }
}
