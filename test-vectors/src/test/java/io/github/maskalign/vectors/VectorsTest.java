package io.github.maskalign.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.vectors.cases.Manifest;
import io.github.maskalign.vectors.kinds.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every case passes. */
class VectorsTest {

  /** The module's own folder, where Maven runs its tests. */
  private static final Path FOLDER = Path.of("").toAbsolutePath();

  @TestFactory
  Stream<DynamicTest> reference() {
    return CaseTests.of(FOLDER, "reference");
  }

  @TestFactory
  Stream<DynamicTest> cpu() {
    return CaseTests.of(FOLDER, "cpu");
  }

  @TestFactory
  Stream<DynamicTest> plain() {
    return CaseTests.of(FOLDER, "plain");
  }

  @TestFactory
  Stream<DynamicTest> operationsInBf16() {
    return CaseTests.inBf16(FOLDER, "ops/*");
  }

  @TestFactory
  Stream<DynamicTest> networksInBf16() {
    return CaseTests.inBf16(FOLDER, "vit/*");
  }

  /** Every kind can fail: the last expected tensor of a case is moved beyond the tolerance. */
  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> perturbed(@TempDir Path copy) {
    Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
    return Stream.of(FOLDER, FOLDER.resolve("networks"), FOLDER.resolve("inputs"))
        .flatMap(folder -> perturbed(folder, new VectorRunner(folder, choice.backend()), copy))
        .onClose(choice::close);
  }

  private static Stream<DynamicTest> perturbed(Path folder, VectorRunner runner, Path copy) {
    Map<String, VectorFolder.Entry> oneOfEachKind = new TreeMap<>();
    VectorFolder.entries(folder).forEach(entry -> oneOfEachKind.put(kind(entry), entry));
    return oneOfEachKind.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      CaseResult result = runner.run(perturbed(entry.getValue(), copy));
                      assertFalse(result.passed(), () -> result.line(1));
                      assertTrue(result.worst().detail().contains("expected"), result.line(1));
                    }));
  }

  /** A case whose manifest expects the numbers of a file in which one tensor has been moved. */
  private static VectorFolder.Entry perturbed(VectorFolder.Entry entry, Path copy)
      throws IOException {
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(entry.manifest().toFile());
    Path manifest = copy.resolve(entry.name().replace('/', '_') + ".json");
    makeAbsolute((ObjectNode) json.path("config"), entry.manifest());
    if (json.has("file")) {
      Path moved = manifest.resolveSibling(manifest.getFileName() + ".safetensors");
      Perturbed.write(entry.manifest().resolveSibling(json.get("file").asText()), moved);
      json.put("file", moved.getFileName().toString());
    } else {
      perturbSettings(json);
    }
    try (Stream<Path> beside = Files.list(entry.manifest().getParent())) {
      for (Path file : beside.filter(path -> isAsset(json, path)).toList()) {
        Path copied = copy.resolve(file.getFileName());
        Files.copy(file, copied, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.writeString(manifest, json.toString());
    return new VectorFolder.Entry(entry.name(), manifest);
  }

  /** The copy of a manifest refers to the files that the manifest refers to. */
  private static void makeAbsolute(ObjectNode config, Path manifest) {
    for (String key : List.of("folder", "image", "texts")) {
      Path file = manifest.resolveSibling(config.path(key).asText()).normalize();
      if (config.has(key) && Files.exists(file)) {
        config.put(key, file.toString());
      }
    }
  }

  private static boolean isAsset(JsonNode manifest, Path path) {
    return manifest.toString().contains("\"" + path.getFileName() + "\"");
  }

  /** A case without a data file expects what its manifest says. */
  private static void perturbSettings(ObjectNode json) {
    ObjectNode config = (ObjectNode) json.get("config");
    switch (json.get("kind").asText()) {
      case "ckpt.clip_full" -> config.put("use_prefix", "text_model.");
      case "data.randaug_levels" ->
          ((ArrayNode) config.at("/arg_with_positive_sign/Rotate")).set(0, 0.01);
      case "ckpt.finetune_keys" -> ((ArrayNode) config.at("/avg/missing")).add("norm.weight");
      default -> {
        ObjectNode first = (ObjectNode) json.get("params").iterator().next();
        first.put("lr_scale", first.get("lr_scale").doubleValue() * 1.001);
      }
    }
  }

  @Test
  void everyKindIsSupported() {
    Set<String> unsupported = new TreeSet<>();
    for (VectorFolder.Entry entry : VectorFolder.entries(FOLDER)) {
      if (!Kinds.all().containsKey(kind(entry))) {
        unsupported.add(kind(entry));
      }
    }
    assertEquals(Set.of(), unsupported);
  }

  private static String kind(VectorFolder.Entry entry) {
    return Manifest.read(FOLDER, entry.manifest()).kind();
  }
}
