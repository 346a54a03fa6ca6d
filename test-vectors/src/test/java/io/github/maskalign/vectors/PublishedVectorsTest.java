package io.github.maskalign.vectors;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What transformers, timm and OpenCLIP compute of published networks and their inputs. */
class PublishedVectorsTest {

  @TestFactory
  Stream<DynamicTest> networksOnReference() {
    return cases("networks", "reference");
  }

  @TestFactory
  Stream<DynamicTest> networksOnCpu() {
    return cases("networks", "cpu");
  }

  /** Images and texts are prepared without a backend. */
  @TestFactory
  Stream<DynamicTest> inputs() {
    return cases("inputs", "reference");
  }

  /** Cases that the scripts in {@code oracle} made. */
  @TestFactory
  Stream<DynamicTest> familiesOnReference() {
    return cases("families", "reference");
  }

  @TestFactory
  Stream<DynamicTest> familiesOnCpu() {
    return cases("families", "cpu");
  }

  private static Stream<DynamicTest> cases(String name, String backend) {
    Path folder = Path.of(name).toAbsolutePath();
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
