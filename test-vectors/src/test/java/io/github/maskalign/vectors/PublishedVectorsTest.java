package io.github.maskalign.vectors;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
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

  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> familiesInBf16() {
    return CaseTests.inBf16(Path.of("families").toAbsolutePath(), "*");
  }

  /** Classes are chosen by logits that are close to each other. */
  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> classifiersInBf16() {
    return CaseTests.inBf16(Path.of("networks").toAbsolutePath(), "classifier/timm*");
  }

  private static Stream<DynamicTest> cases(String name, String backend) {
    return CaseTests.of(Path.of(name).toAbsolutePath(), backend);
  }
}
