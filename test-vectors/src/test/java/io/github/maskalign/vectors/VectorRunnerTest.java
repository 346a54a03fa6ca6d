package io.github.maskalign.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken data must fail, with a reason, and must not stop the run. */
class VectorRunnerTest {

  @TempDir private Path root;
  private SmallFolder folder;

  @BeforeEach
  void folder() {
    folder = new SmallFolder(root);
  }

  @Test
  void goodCasePasses() {
    List<String> lines = run(folder.write());
    assertEquals("1 passed, 0 failed", lines.getLast());
    assertTrue(lines.getFirst().matches("a/case +\\d.\\d\\de[-+]\\d\\d +1.00e-05 +pass +out.y"));
  }

  @Test
  void perturbedNumberFails() {
    fails(folder.expecting(SmallFolder.Y[0], 0, SmallFolder.Y[2] + 2e-5f), "element 2 is 1.935");
  }

  @Test
  void notANumberFails() {
    fails(folder.expecting(SmallFolder.Y[0], Float.NaN, SmallFolder.Y[2]), "element 1 is 0");
  }

  @Test
  void otherShapeFails() {
    fails(folder.expecting(0, 0), "shape is [3], expected [2]");
  }

  @Test
  void unknownKindFails() {
    fails(folder.kind("op.no_such_thing"), "kind 'op.no_such_thing' is not supported");
  }

  @Test
  void resultThatIsNotComputedFails() {
    String other = ", \"out.z\": {\"role\": \"output\", \"atol\": 1, \"rtol\": 0, \"shape\": []}";
    fails(folder.tensors(other), "out.z: not computed");
  }

  @Test
  void gradientThatIsNotComputedFails() {
    String other =
        ", \"grad.w\": {\"role\": \"grad\", \"atol\": 1, \"rtol\": 0, \"shape\": []}"
            + ", \"cot.y\": {\"role\": \"cotangent\", \"shape\": [3]}";
    fails(folder.tensors(other), "cot.y");
  }

  @Test
  void caseThatExpectsNothingFails() throws IOException {
    folder.write();
    Path manifest = root.resolve("a/case.json");
    Files.writeString(manifest, Files.readString(manifest).replace("output", "input"));
    fails("it expects nothing");
  }

  @Test
  void missingToleranceFails() {
    fails(folder.rule("\"fp32_dev\": 1"), "no tolerance for out.y");
  }

  @Test
  void missingSettingFails() {
    fails(folder.config("{}"), "the configuration has no 'slope'");
  }

  @Test
  void missingDataFileFails() throws IOException {
    folder.write();
    Files.delete(root.resolve("a/case.safetensors"));
    fails("no such file");
  }

  @Test
  void damagedDataFileFails() throws IOException {
    folder.write();
    Files.write(root.resolve("a/case.safetensors"), new byte[20]);
    fails("case.safetensors");
  }

  @Test
  void damagedManifestFails() throws IOException {
    folder.write();
    Files.writeString(root.resolve("a/case.json"), "{\"kind\": ");
    fails("not JSON");
  }

  @Test
  void missingManifestFailsAndTheRunGoesOn() throws IOException {
    folder.write();
    SmallFolder.index(root, "a/missing", "a/case");
    List<String> lines = run(root);
    assertTrue(
        lines.get(0).contains("fail") && lines.get(0).contains("no such file"), lines.get(0));
    assertTrue(lines.get(1).contains("pass"), lines.get(1));
    assertEquals("1 passed, 1 failed", lines.getLast());
  }

  @Test
  void indexDecidesWhichCasesThereAre() throws IOException {
    folder.write();
    Files.writeString(root.resolve("a/other.json"), "{}");
    assertEquals("1 passed, 1 failed", run(root).getLast());
    SmallFolder.index(root, "a/case");
    assertEquals("1 passed, 0 failed", run(root).getLast());
  }

  @Test
  void folderWithoutCasesIsRefused() {
    assertThrows(FormatException.class, () -> run(root));
  }

  @Test
  void nameThatNoCaseHasIsRefused() {
    folder.write();
    assertThrows(ArgumentException.class, () -> run(root, "b/*"));
  }

  @Test
  void starSpansFolders() {
    folder.write();
    assertEquals(2, run(root, "*as?").size());
  }

  private void fails(SmallFolder broken, String reason) {
    broken.write();
    fails(reason);
  }

  private void fails(String reason) {
    List<String> lines = run(root);
    assertEquals("0 passed, 1 failed", lines.getLast(), lines::toString);
    assertTrue(lines.getFirst().contains("  fail  "), lines::toString);
    assertTrue(lines.getFirst().contains(reason), lines::toString);
  }

  private static List<String> run(Path folder) {
    return run(folder, "*");
  }

  private static List<String> run(Path folder, String glob) {
    List<String> lines = new ArrayList<>();
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults())) {
      new VectorRunner(folder, choice.backend()).run(Glob.of(glob), lines::add);
    }
    return lines;
  }
}
