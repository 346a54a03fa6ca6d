package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.LoadReport;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with the names and shapes of published networks give the outputs of those networks. */
class VariantsTest {

  private static final double ROUNDING = 2e-5;

  @TempDir private Path folder;

  private static ViTConfig config(int size, int patch) {
    return ViTConfig.of(size, patch, FileNets.WIDTH, FileNets.DEPTH, FileNets.HEADS)
        .withMlp((double) FileNets.HIDDEN / FileNets.WIDTH, Activation.GELU);
  }

  private static double[] image(int size) {
    float[] values = new float[3 * size * size];
    Philox.of(5).stream("image").fillNormal(values, 0);
    double[] image = new double[values.length];
    Arrays.setAll(image, i -> values[i]);
    return image;
  }

  private Path save(FileNets.Weights weights) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    weights.values.forEach(
        (name, values) -> writer.add("net." + name, weights.shapes.get(name), values));
    Path file = folder.resolve("net.safetensors");
    writer.write(file);
    return file;
  }

  private void check(
      String backend,
      String names,
      FileNets.Weights weights,
      ViTConfig config,
      double[] image,
      FileNets.Seen expected) {
    try (Backends.Choice choice = Backends.open(backend, BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test");
        WeightFile file = WeightFiles.open(save(weights))) {
      Ops ops = scope.ops();
      Parameters parameters = Parameters.uninitialized(scope, DType.F32);
      ViT network = ViT.create(parameters.root(), config);
      Families.Found found = Families.require(file.names());
      assertEquals(names, found.table().title());
      assertEquals("net.", found.prefix());
      LoadOptions options =
          LoadOptions.strict()
              .withNames(found.table())
              .withPrefixTokens(config.tokens().positionedPrefix());
      LoadReport report = Weights.load(file.below("net."), parameters, options);
      assertTrue(report.complete(), report.toString());
      int size = config.imageSize().height();
      Tensor input = ops.cast(ops.of(image, 1, 3, size, size), DType.F32);
      ForwardRequest request = ForwardRequest.plain().withImportance(Importance.of(config));
      ForwardResult seen = network.forward(ops, input, request);
      double[] tokens = Arrays.stream(expected.tokens()).flatMapToDouble(Arrays::stream).toArray();
      assertArrayEquals(tokens, seen.tokens().toDoubles(), ROUNDING);
      double[] pooled = network.pooled(ops, seen.tokens()).toDoubles();
      assertArrayEquals(expected.pooled(), pooled, ROUNDING);
      assertArrayEquals(expected.importance(), seen.importance().toDoubles(), ROUNDING);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void dinoV2(String backend) {
    double[] image = image(28);
    for (int registers : new int[] {0, 4}) {
      FileNets.Weights weights = FileNets.dinoV2(28, 14, registers, false);
      FileNets.Seen seen = FileNets.dinoV2(weights, image, 28, 14, registers);
      ViTConfig config = config(28, 14).asDinoV2(registers);
      check(backend, "Hugging Face's DINOv2", weights, config, image, seen);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void gatedDinoV2(String backend) {
    double[] image = image(28);
    FileNets.Weights weights = FileNets.dinoV2(28, 14, 0, true);
    FileNets.Seen seen = FileNets.dinoV2(weights, image, 28, 14, 0);
    ViTConfig config = config(28, 14).asDinoV2(0).withActivation(Activation.SWIGLU);
    check(backend, "Hugging Face's DINOv2", weights, config, image, seen);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void dinoV3(String backend) {
    double[] image = image(12);
    for (boolean gated : new boolean[] {false, true}) {
      FileNets.Weights weights = FileNets.dinoV3(4, gated);
      FileNets.Seen seen = FileNets.dinoV3(weights, image, 12, 4);
      ViTConfig config =
          config(12, 4)
              .asDinoV3(FileNets.REGISTERS)
              .withActivation(gated ? Activation.SWIGLU : Activation.GELU);
      check(backend, "Hugging Face's DINOv3", weights, config, image, seen);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void siglip(String backend) {
    double[] image = image(12);
    FileNets.Weights weights = FileNets.siglip(12, 4);
    FileNets.Seen seen = FileNets.siglip(weights, image, 12, 4);
    check(backend, "Hugging Face's SigLIP", weights, config(12, 4).asSiglip(), image, seen);
  }

  @Test
  void keptPatchesKeepTheirRotation() {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      Ops ops = scope.ops();
      Parameters parameters = Parameters.initialized(scope, DType.F64, 1);
      ViT network = ViT.create(parameters.root(), config(12, 4).asDinoV3(2));
      Tensor images = ops.of(image(12), 1, 3, 12, 12);
      Tensor ids = ops.of(new int[] {4, 0, 8, 2, 6, 1, 3, 5, 7}, 1, 9);
      Tensor rows = ops.of(new int[] {0, 1, 2, 7, 3, 11, 5, 9, 4, 6, 8, 10}, 1, 12);
      double[] all = ops.gatherTokens(network.forward(ops, images), rows).toDoubles();
      ForwardRequest request = ForwardRequest.plain().withKeep(ids);
      assertArrayEquals(all, network.forward(ops, images, request).tokens().toDoubles(), 1e-10);
    }
  }

  @Test
  void meanReceivedIsTheMeanOfTheMap() {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      Ops ops = scope.ops();
      Parameters parameters = Parameters.initialized(scope, DType.F64, 1);
      ViT network = ViT.create(parameters.root(), config(12, 4).asDinoV3(2));
      Tensor images =
          ops.concat(
              java.util.List.of(
                  ops.of(image(12), 1, 3, 12, 12), ops.of(new double[432], 1, 3, 12, 12)),
              0);
      ForwardRequest request =
          ForwardRequest.plain()
              .withImportance(Importance.MEAN_RECEIVED)
              .withAttentions(java.util.Set.of(1));
      ForwardResult seen = network.forward(ops, images, request);
      Tensor mean = ops.mean(seen.attentions().get(1), false, 1, 2);
      double[] expected = ops.slice(mean, 1, 3, 12).toDoubles();
      assertArrayEquals(expected, seen.importance().toDoubles(), 1e-12);
      ForwardResult even = network.forward(ops, images, request.withImportance(Importance.UNIFORM));
      assertEquals(1.0 / 9, even.importance().toDoubles()[17], 1e-12);
    }
  }
}
