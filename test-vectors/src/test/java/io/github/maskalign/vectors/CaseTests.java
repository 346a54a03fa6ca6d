package io.github.maskalign.vectors;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.io.Glob;
import io.github.maskalign.vectors.rounding.RoundingErrors;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The cases of a folder as tests. */
final class CaseTests {

  private CaseTests() {}

  /** Every case of a folder passes on a backend. */
  static Stream<DynamicTest> of(Path folder, String backend) {
    Backends.Choice choice = Backends.open(backend, BackendOptions.defaults());
    return of(folder, "*", new VectorRunner(folder, choice.backend())).onClose(choice::close);
  }

  /** The cases of a folder that match a pattern pass on the CPU with factors of BF16. */
  static Stream<DynamicTest> inBf16(Path folder, String glob) {
    BackendOptions options = BackendOptions.defaults().withPrecision(Precision.BF16);
    Backends.Choice choice = Backends.open("cpu", options);
    RoundingErrors rounding = new RoundingErrors(Precision.BF16);
    return of(folder, glob, new VectorRunner(folder, choice.backend(), rounding))
        .onClose(choice::close)
        .onClose(rounding::close);
  }

  private static Stream<DynamicTest> of(Path folder, String glob, VectorRunner runner) {
    return VectorFolder.entries(folder).stream()
        .filter(entry -> Glob.of(glob).test(entry.name()))
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.name(),
                    () -> {
                      CaseResult result = runner.run(entry);
                      assertTrue(result.passed(), () -> result.line(1));
                    }));
  }
}
