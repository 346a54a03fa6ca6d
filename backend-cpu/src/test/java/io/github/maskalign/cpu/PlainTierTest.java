package io.github.maskalign.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.random.Philox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Without the module of the Vector API, the plain tier is chosen and works. */
@Tag("plain")
class PlainTierTest {

  @Test
  void isChosenWithoutTheModule() {
    assertTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty());
    try (Backends.Choice choice = Backends.open("auto", BackendOptions.defaults().withThreads(2))) {
      assertEquals("plain", choice.backend().name());
      String line = choice.explanation();
      assertTrue(line.startsWith("Backend: plain (plain Java, 2 threads) (not cpu: "), line);
      assertTrue(line.contains("--add-modules jdk.incubator.vector, 2 to 3 times as fast"), line);
    }
  }

  @Test
  void aStepRuns() {
    try (Backends.Choice choice = Backends.open("plain", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "step")) {
      Eager ops = scope.eager();
      Tensor x = ops.uniform(Philox.of(1), 30, 64);
      Tensor weight = ops.uniform(Philox.of(2), 192, 64);
      Tensor qkv = ops.reshape(ops.linear(x, weight, null), 2, 15, 192);
      Tensor y = ops.attention(qkv, 2, 0.2);
      Tensor h = ops.layerNorm(ops.gelu(y, Gelu.ERF), null, null, 1e-6);
      Tensor dqkv = ops.attentionGrad(qkv, 2, 0.2, h);
      choice.backend().accumulate(ops, x, 1e-3, ops.reshape(y, 30, 64));
      for (Tensor result : List.of(x, h, dqkv)) {
        for (float value : result.toFloats()) {
          assertTrue(Float.isFinite(value));
        }
      }
    }
  }

  /** Classes outside the packages of the Vector API do not mention it. */
  @Test
  void classesDoNotReferToTheModule() throws IOException {
    Path classes =
        Path.of(CpuBackend.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Path cpu = classes.resolve("io/github/maskalign/cpu");
    try (Stream<Path> files = Files.walk(cpu)) {
      List<Path> checked =
          files
              .filter(file -> file.toString().endsWith(".class"))
              .filter(file -> !file.startsWith(cpu.resolve("vector")))
              .filter(file -> !file.endsWith("VectorKernels.class"))
              .toList();
      assertTrue(checked.size() > 30, checked::toString);
      for (Path file : checked) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertTrue(!text.contains("jdk/incubator"), file::toString);
      }
    }
  }
}
