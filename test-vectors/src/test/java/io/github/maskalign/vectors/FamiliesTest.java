package io.github.maskalign.vectors;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.vectors.kinds.Kinds;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases that the scripts in {@code oracle} made, of all kinds that are computed. */
class FamiliesTest {

  private static final Path FOLDER = Path.of("families").toAbsolutePath();

  @TestFactory
  Stream<DynamicTest> reference() {
    return cases("reference");
  }

  @TestFactory
  Stream<DynamicTest> cpu() {
    return cases("cpu");
  }

  private static Stream<DynamicTest> cases(String backend) {
    Backends.Choice choice = Backends.open(backend, BackendOptions.defaults());
    VectorRunner runner = new VectorRunner(FOLDER, choice.backend());
    return VectorFolder.entries(FOLDER).stream()
        .filter(entry -> Kinds.all().containsKey("model." + entry.name().split("/")[0]))
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
