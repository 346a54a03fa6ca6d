package io.github.maskalign.vectors;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The cases of a folder as tests. */
final class CaseTests {

  private CaseTests() {}

  /** Every case of a folder passes on a backend. */
  static Stream<DynamicTest> of(Path folder, String backend) {
    Backends.Choice choice = Backends.open(backend, BackendOptions.defaults());
    VectorRunner runner = new VectorRunner(folder, choice.backend());
    return VectorFolder.entries(folder).stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.name(),
                    () -> {
                      CaseResult result = runner.run(entry);
                      assertTrue(result.passed(), () -> result.line(1));
                    }))
        .onClose(choice::close);
  }
}
