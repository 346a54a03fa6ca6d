package io.github.maskalign.teacher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.Nets;
import io.github.maskalign.TeacherId;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViTTeacherTest {

  private static final TeacherRequest ALL = new TeacherRequest(3, true);
  private static final ViTConfig LEARNED = Nets.SMALL.withPositions(PositionEmbedding.LEARNED);

  private final Backend backend = Nets.reference();
  private final Scope scope = Scope.root(backend, "test");
  private final Ops ops = scope.ops();
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private Parameters saved(Path file) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), LEARNED);
    Weights.save(file, parameters, Map.of());
    return parameters;
  }

  private static TeacherId id() {
    return new TeacherId("small", "0", "none");
  }

  @Test
  void aSavedNetworkTeachesAsItIs() {
    Path file = folder.resolve("teacher.safetensors");
    saved(file);
    Parameters same = Parameters.initialized(scope, DType.F32, 1);
    ViTTeacher original =
        new ViTTeacher(id(), ViT.create(same.root(), LEARNED), InputAdapter.none());
    ViTTeacher loaded = ViTTeacher.load(scope, id(), file, LEARNED, InputAdapter.none());
    Tensor images = Nets.normal(scope, DType.F32, 2, 2, 3, 8, 8);
    TeacherOutput a = original.forward(ops, images, ALL);
    TeacherOutput b = loaded.forward(ops, images, ALL);
    assertArrayEquals(a.level(2).toFloats(), b.level(2).toFloats());
    assertArrayEquals(a.importance().toFloats(), b.importance().toFloats());
    assertEquals(Shape.of(2, 16), a.importance().shape());
  }

  @Test
  void importanceIsAttentionWithoutTheClassToken() {
    Parameters same = Parameters.initialized(scope, DType.F32, 1);
    ViTTeacher teacher =
        new ViTTeacher(id(), ViT.create(same.root(), LEARNED), InputAdapter.none());
    Tensor images = Nets.normal(scope, DType.F32, 2, 1, 3, 8, 8);
    float sum = 0;
    for (float part : teacher.forward(ops, images, ALL).importance().toFloats()) {
      sum += part;
    }
    assertEquals(true, sum > 0.5 && sum < 0.999, "sum " + sum);
  }

  @Test
  void imagesOfAnotherSizeAreResizedForTheTeacher() {
    Path file = folder.resolve("teacher.safetensors");
    saved(file);
    // A student of 3 x 3 patches needs a teacher of as many: 6 pixels and a smaller table.
    ViTConfig fitted = LEARNED.withImageSize(6);
    ViTTeacher teacher = ViTTeacher.load(scope, id(), file, fitted, InputAdapter.none());
    Tensor images = Nets.normal(scope, DType.F32, 2, 2, 3, 12, 12);
    assertEquals(Shape.of(2, 10, 8), teacher.forward(ops, images, ALL).level(0).shape());
    assertEquals(9, teacher.dimensions().patches());
  }

  @Test
  void anotherNetworksWeightsAreRefused() {
    Path file = folder.resolve("teacher.safetensors");
    saved(file);
    assertThrows(
        FormatException.class,
        () -> ViTTeacher.load(scope, id(), file, LEARNED.withDepth(4), InputAdapter.none()));
  }

  @Test
  void registersAreLeftOut() {
    ViTConfig config = LEARNED.withPrefixTokens(3);
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT network = ViT.create(parameters.root(), config);
    ViTTeacher teacher = new ViTTeacher(id(), network, InputAdapter.none());
    Tensor images = Nets.normal(scope, DType.F32, 2, 2, 3, 8, 8);
    TeacherOutput output = teacher.forward(ops, images, ALL);
    double[] tokens = network.forward(ops, images).toDoubles();
    double[] level = output.level(2).toDoubles();
    assertEquals(Shape.of(2, 17, 8), output.level(2).shape());
    assertArrayEquals(Arrays.copyOf(tokens, 8), Arrays.copyOf(level, 8));
    assertArrayEquals(
        Arrays.copyOfRange(tokens, 3 * 8, 19 * 8), Arrays.copyOfRange(level, 8, 17 * 8));
    assertEquals(Shape.of(2, 16), output.importance().shape());
    TeacherOutput some = teacher.forward(ops, images, ALL.withLastAtTokens(true));
    Tensor ids = ops.of(new int[] {0, 16, 1, 5, 2, 0}, 2, 3);
    assertArrayEquals(
        output.at(scope.eager(), 2, ids).toDoubles(), some.at(scope.eager(), 2, ids).toDoubles());
    assertArrayEquals(
        output.at(scope.eager(), 1, ids).toDoubles(), some.at(scope.eager(), 1, ids).toDoubles());
  }

  @Test
  void withoutClassTokenTheMeanOfThePatchesStandsForTheImage() {
    ViTConfig config = LEARNED.asSiglip();
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViTTeacher teacher =
        new ViTTeacher(id(), ViT.create(parameters.root(), config), InputAdapter.none());
    assertEquals(Importance.PROBE_ATTENTION, teacher.importance());
    TeacherOutput output = teacher.forward(ops, Nets.normal(scope, DType.F32, 2, 2, 3, 8, 8), ALL);
    Tensor level = output.level(1);
    assertEquals(Shape.of(2, 17, 8), level.shape());
    double[] mean = ops.mean(ops.slice(level, 1, 1, 17), false, 1).toDoubles();
    assertArrayEquals(mean, ops.reshape(ops.slice(level, 1, 0, 1), 2, 8).toDoubles(), 1e-6);
    float[] importance = output.importance().toFloats();
    float sum = 0;
    for (float part : importance) {
      sum += part;
    }
    assertEquals(2, sum, 1e-5, "probabilities of two pictures");
  }

  @Test
  void aFolderTellsAllThatATeacherNeeds() throws IOException {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT network = ViT.create(parameters.root(), LEARNED);
    Weights.save(folder.resolve("model.safetensors"), parameters, Map.of("licence", "MIT"));
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        "{\"image_mean\": [0.5, 0.5, 0.5], \"image_std\": [0.5, 0.5, 0.5]}");
    ViTTeacher teacher = ViTTeacher.open(scope, folder, LEARNED.grid(), ChannelStats.imageNet());
    assertEquals("MIT", teacher.id().license());
    Tensor images = Nets.normal(scope, DType.F32, 2, 1, 3, 8, 8);
    Tensor half =
        InputAdapter.renormalized(ChannelStats.imageNet(), ChannelStats.half(3)).adapt(ops, images);
    double[] expected = network.forward(ops, half).toDoubles();
    assertArrayEquals(expected, teacher.forward(ops, images, ALL).level(2).toDoubles(), 1e-6);
  }

  /** The size that its files state is that of whole images, not of a student's crops. */
  @Test
  void theGridOfTheStudentDecidesTheSize() throws IOException {
    Path file = folder.resolve("model.safetensors");
    saved(file);
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        "{\"image_processor_type\": \"ViTImageProcessor\", \"size\": {\"height\": 8, \"width\": 8}}");
    ViTConfig fitted = LEARNED.withImageSize(6);
    ViTTeacher teacher = ViTTeacher.load(scope, id(), file, fitted, InputAdapter.none());
    assertEquals(9, teacher.dimensions().patches());
    ViTTeacher opened = ViTTeacher.open(scope, folder, Grid.square(3), ChannelStats.half(3));
    assertEquals(9, opened.dimensions().patches());
  }

  @ParameterizedTest
  @CsvSource({"2, BILINEAR_ANTIALIAS", "3, BICUBIC", "1, BICUBIC"})
  void cropsAreResizedByTheFilterThatTheFilesState(int number, Resampling by) throws IOException {
    saved(folder.resolve("model.safetensors"));
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        """
        {"image_processor_type": "ViTImageProcessor", "size": {"height": 8, "width": 8},
         "resample": %d, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
        """
            .formatted(number));
    ViTTeacher teacher = ViTTeacher.open(scope, folder, LEARNED.grid(), ChannelStats.half(3));
    Tensor crops = Nets.normal(scope, DType.F32, 2, 1, 3, 12, 12);
    assertArrayEquals(
        by.resize(ops, crops, 8, 8).toFloats(), teacher.adapter().adapt(ops, crops).toFloats());
    String input = teacher.input(ImageSize.square(12));
    assertEquals(by == Resampling.BICUBIC, input.isEmpty(), input);
    assertEquals("", teacher.input(ImageSize.square(8)), "crops that are not resized");
  }

  @Test
  void renormalizedPixelsAreThoseOfTheOtherStatistics() {
    Tensor pixels = ops.of(new double[] {0.1, 0.5, 0.9}, 1, 3, 1, 1);
    Tensor imageNet = normalized(pixels, ChannelStats.imageNet());
    Tensor clip =
        InputAdapter.renormalized(ChannelStats.imageNet(), ChannelStats.clip())
            .adapt(ops, imageNet);
    assertArrayEquals(normalized(pixels, ChannelStats.clip()).toDoubles(), clip.toDoubles(), 1e-12);
    assertFalse(Arrays.equals(imageNet.toDoubles(), clip.toDoubles()));
  }

  private Tensor normalized(Tensor pixels, ChannelStats stats) {
    double[] values = pixels.toDoubles();
    for (int c = 0; c < 3; c++) {
      values[c] = (values[c] - stats.mean()[c]) / stats.std()[c];
    }
    return ops.of(values, 1, 3, 1, 1);
  }

  @Test
  void theDigestIsThatOfTheFile() throws IOException {
    Path file = folder.resolve("abc");
    Files.writeString(file, "abc");
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        TeacherId.of("abc", file, "none").sha256());
  }

  @Test
  void knownTeachersAnswerToTheirHubNames() {
    assertEquals(KnownTeacher.CLIP_L14, KnownTeacher.parse("openai/clip-vit-large-patch14"));
    assertEquals(KnownTeacher.DINO_B16, KnownTeacher.parse("dino-b16"));
  }
}
