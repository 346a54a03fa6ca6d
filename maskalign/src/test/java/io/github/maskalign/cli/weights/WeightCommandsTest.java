package io.github.maskalign.cli.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.Nets;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.Command;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.export.SavedNetwork;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class WeightCommandsTest {

  private static final ViTConfig SMALL = ViTConfig.of(8, 4, 12, 2, 3);

  private final Backend backend = Nets.reference();
  private final Scope scope = Scope.root(backend, "test");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private record Ran(int status, String out, String err) {}

  private static Ran run(Command command, Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        new CommandLine(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(List.of(arguments).stream().map(String::valueOf).toArray(String[]::new));
    return new Ran(status, out.toString(), err.toString());
  }

  private Path saved(ViTConfig config) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), config);
    Path file = folder.resolve("student.safetensors");
    Weights.save(file, parameters, Map.of("teacher", "small", "teacher_licence", "MIT"));
    return file;
  }

  private double[] pooled(Path path) {
    try (NetworkFile file = NetworkFile.open(path)) {
      SavedNetwork network = SavedNetwork.load(scope, file);
      Parameters parameters = Parameters.uninitialized(scope, DType.F32);
      ViT vit = ViT.create(parameters.root(), network.config());
      file.load(parameters);
      Tensor images = Nets.normal(scope, DType.F32, 3, 2, 3, 8, 8);
      return vit.pooled(scope.ops(), vit.forward(scope.ops(), images)).toDoubles();
    }
  }

  @Test
  void inspectTellsWhatIsThere() {
    Ran ran = run(new InspectCommand(), saved(SMALL), "--load");
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("ViT of 2 blocks, width 12, 3 heads, MLP 48 (gelu)"), ran.out());
    assertTrue(ran.out().contains("from the file's metadata"), ran.out());
    assertTrue(ran.out().contains("metadata      teacher_licence: MIT"), ran.out());
    assertTrue(ran.out().contains("blocks.1.attn.qkv.weight"), ran.out());
    assertTrue(ran.out().contains("matched              30"), ran.out());
  }

  @Test
  void inspectPrintsJson() throws IOException {
    Ran ran = run(new InspectCommand(), saved(SMALL), "--json");
    JsonNode json = new ObjectMapper().readTree(ran.out());
    assertEquals("safetensors", json.get("format").textValue());
    assertEquals(30, json.get("tensors").size());
    assertEquals(3, json.at("/network/config/blocks/heads").intValue());
    assertEquals(64, json.get("sha256").textValue().length());
  }

  /** Names of a file reach neither the terminal nor the columns beside them raw. */
  @Test
  void inspectEscapesNames() throws IOException {
    String name = "a\u001b[2J\n\u009b\u007fb";
    Path file = folder.resolve("other.safetensors");
    new SafeTensorsWriter()
        .metadata("k\u001b", "x\ny")
        .add(name, Shape.of(2), new float[2])
        .add("plain", Shape.of(3), new float[3])
        .write(file);
    String text = run(new InspectCommand(), file).out();
    assertTrue(text.contains("  a\\x1b[2J\\x0a\\x9b\\x7fb  F32   [2]"), text);
    assertTrue(text.contains("  plain                  F32   [3]"), text);
    assertTrue(text.contains("metadata      k\\x1b: x\\x0ay"), text);
    String json = run(new InspectCommand(), file, "--json").out();
    assertTrue(
        (text + json).chars().noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r'),
        json);
    JsonNode tensors = new ObjectMapper().readTree(json).get("tensors");
    assertTrue(tensors.findValuesAsText("name").contains(name), json);
  }

  @Test
  void inspectShowsFilesThatAreNoNetwork() {
    Path file = folder.resolve("other.safetensors");
    new SafeTensorsWriter().add("conv.weight", Shape.of(2), new float[2]).write(file);
    Ran ran = run(new InspectCommand(), file);
    assertEquals(0, ran.status());
    assertTrue(ran.out().contains(file + ": no Vision Transformer with known names"), ran.out());
  }

  @Test
  void timmFoldersHoldTheSameNetwork() throws IOException {
    for (ViTConfig config : List.of(SMALL, SMALL.asClip(), SMALL.asDinoV2(2), SMALL.asSiglip())) {
      Path file = saved(config);
      Path timm = folder.resolve("timm");
      Ran ran = run(new ExportCommand(), file, "--format", "timm", "-o", timm);
      assertEquals(0, ran.status(), ran.err());
      assertArrayEquals(pooled(file), pooled(timm), 1e-6);
      JsonNode json = new ObjectMapper().readTree(timm.resolve("config.json").toFile());
      assertEquals(12, json.at("/model_args/embed_dim").intValue());
      boolean none = config.tokens().registers() > 0;
      assertEquals(none, json.at("/model_args/no_embed_class").booleanValue());
      try (NetworkFile written = NetworkFile.open(timm)) {
        assertEquals("MIT", written.file().metadata().get("teacher_licence"));
        int rows = written.weights().shape("pos_embed").dim(1);
        assertEquals(4 + (none || config.output().pooling() == Pooling.ATTENTION ? 0 : 1), rows);
      }
    }
  }

  @Test
  void classifiersKeepTheirHead() throws IOException {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViTClassifier.create(parameters.root(), SMALL, Pooling.MEAN_PATCHES, 5);
    Path file = folder.resolve("classifier.safetensors");
    Weights.save(file, parameters, Map.of());
    Path timm = folder.resolve("timm");
    assertEquals(0, run(new ExportCommand(), file, "--format", "timm", "-o", timm).status());
    JsonNode json = new ObjectMapper().readTree(timm.resolve("config.json").toFile());
    assertEquals(5, json.get("num_classes").intValue());
    assertEquals("avg", json.get("global_pool").textValue());
    Path onnx = folder.resolve("classifier.onnx");
    Ran ran = run(new ExportCommand(), timm, "--format", "onnx", "-o", onnx, "--batch", 2);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(Files.size(onnx) > 4 * parameters.trainableSize());
  }

  @Test
  void everyExportSaysWhichPreprocessingIsAssumed() throws IOException {
    Path hf = folder.resolve("hf");
    assertEquals(0, run(new ExportCommand(), saved(SMALL), "--format", "hf", "-o", hf).status());
    Files.delete(hf.resolve("preprocessor_config.json"));
    for (String format : List.of("hf", "timm", "onnx")) {
      Ran ran = run(new ExportCommand(), hf, "--format", format, "-o", folder.resolve(format + 2));
      assertEquals(0, ran.status(), ran.err());
      assertTrue(ran.out().contains("that of the published networks of ViT applies"), ran.out());
    }
  }

  @Test
  void headsAreForWeightsAlone() {
    Ran ran =
        run(new ExportCommand(), saved(SMALL), "--format", "onnx", "-o", "x.onnx", "--heads", 2);
    assertEquals(2, ran.status());
    assertTrue(ran.err().contains("the file's metadata specifies the number of heads"), ran.err());
  }
}
