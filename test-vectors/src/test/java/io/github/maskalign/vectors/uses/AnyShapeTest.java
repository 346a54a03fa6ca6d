package io.github.maskalign.vectors.uses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.NaFlex;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.embed.Classifier;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.preprocess.PatchValues;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SigLIP 2's NaFlex with images that keep their shapes. */
class AnyShapeTest {

  private static final Path NETWORK =
      Path.of("networks", "models", "siglip2_naflex").toAbsolutePath();
  private static final int PATCHES = 60;
  private static final EmbedderOptions RAW = EmbedderOptions.defaults().withUnitLength(false);

  @TempDir private Path folder;
  private Path model;
  private List<Path> images;

  @BeforeEach
  void open() throws IOException {
    Path pictures = Pictures.write(folder.resolve("images"));
    images = List.of(Pictures.first(pictures), Pictures.second(pictures));
    model = Files.createDirectories(folder.resolve("model"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(NETWORK.resolve(name), model.resolve(name));
    }
    Files.writeString(
        model.resolve("preprocessor_config.json"),
        """
        {"image_processor_type": "Siglip2ImageProcessor", "patch_size": 4, "max_num_patches": %d}
        """
            .formatted(PATCHES));
  }

  private interface Seen {
    float[] of(NaFlex network, Ops ops, NaFlex.Batch batch);
  }

  /** What {@link NaFlex} computes of an image's own patches, without padding. */
  private float[] expected(Path image, Seen seen) {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test");
        NetworkFile file = NetworkFile.open(model)) {
      PretrainedViT loaded = PretrainedViT.load(scope, file);
      ViT network = loaded.network();
      Preprocessing preprocessing = loaded.preprocessing();
      Picture picture = PictureDecoder.open().decode(image);
      Grid grid = grid(preprocessing, picture);
      PatchValues patches = preprocessing.prepare(picture).patches(4, grid.patches());
      Ops ops = scope.ops();
      int values = network.config().patchValues();
      NaFlex.Batch batch =
          new NaFlex.Batch(ops.of(patches.values(), 1, grid.patches(), values), List.of(grid));
      return seen.of(new NaFlex(network), ops, batch);
    }
  }

  private static Grid grid(Preprocessing preprocessing, Picture picture) {
    var size = preprocessing.resize().size(picture.height(), picture.width(), false);
    return new Grid(size.height() / 4, size.width() / 4);
  }

  @Test
  void anImageKeepsItsShapeInAnEmbedder() {
    try (Embedder pooled = Embedder.load(model, RAW);
        Embedder means = Embedder.load(model, RAW.withOutput(Output.MEAN_PATCHES));
        Embedder tokens = Embedder.load(model, RAW.withOutput(Output.PATCH_TOKENS))) {
      for (Path image : images) {
        assertArrayEquals(
            expected(image, (net, ops, b) -> net.pooled(ops, net.tokens(ops, b), b).toFloats()),
            pooled.embed(image),
            1e-5f);
        assertArrayEquals(
            expected(
                image,
                (net, ops, b) ->
                    net.pooled(ops, net.tokens(ops, b), b, Pooling.MEAN_PATCHES).toFloats()),
            means.embed(image),
            1e-5f);
        float[] all = tokens.embed(image);
        int used = grid(tokens.preprocessing(), PictureDecoder.open().decode(image)).patches();
        assertEquals(PATCHES * 24, all.length);
        assertTrue(used > PATCHES / 2 && used <= PATCHES, "patches " + used);
        for (int i = 0; i < all.length; i++) {
          assertEquals(i >= used * 24, all[i] == 0, "value " + i);
        }
      }
    }
  }

  @Test
  void aLevelIsTheOutputOfItsBlock() {
    EmbedderOptions first = RAW.withOutput(Output.MEAN_PATCHES).withLevel(0);
    try (Embedder embedder = Embedder.load(model, first)) {
      for (Path image : images) {
        assertArrayEquals(
            expected(
                image,
                (net, ops, b) -> {
                  Tensor states = net.hiddenStates(ops, b).get(1);
                  return net.pooled(ops, states, b, Pooling.MEAN_PATCHES).toFloats();
                }),
            embedder.embed(image),
            1e-5f);
      }
    }
  }

  @Test
  void theBitsOfAnImageDoNotDependOnItsBatch() throws Exception {
    EmbedderOptions together = RAW.withBatching(2, Duration.ofSeconds(5));
    try (Embedder alone = Embedder.load(model, RAW.withBatching(1, Duration.ZERO));
        Embedder both = Embedder.load(model, together);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<float[]>> calls = new ArrayList<>();
      images.forEach(image -> calls.add(() -> both.embed(image)));
      List<Future<float[]>> results = callers.invokeAll(calls);
      for (int i = 0; i < images.size(); i++) {
        assertArrayEquals(alone.embed(images.get(i)), results.get(i).get());
      }
    }
  }

  @Test
  void mergingTokensIsRefused() {
    String message =
        assertThrows(ShapeException.class, () -> Embedder.load(model, RAW.withMerge(2)))
            .getMessage();
    assertTrue(message.startsWith("token merging: ") && message.contains("NaFlex"), message);
  }

  @Test
  void imagesAreComparedWithTexts() throws IOException {
    Files.writeString(
        model.resolve("tokenizer.json"),
        """
        {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null,
         "post_processor": null, "decoder": null,
         "model": {"type": "BPE", "unk_token": "<unk>", "merges": [], "vocab":
           {"<pad>": 0, "<eos>": 1, "<unk>": 3, "a": 4, "c": 5, "t": 6, "d": 7, "o": 8, "g": 9, " ": 10}}}
        """);
    try (Clip clip = Clip.load(model);
        Embedder embedder = Embedder.load(model)) {
      List<String> texts = List.of("a cat", "a dog");
      float[] wide = clip.similarity(images.getFirst(), texts);
      float[] tall = clip.similarity(images.getLast(), texts);
      assertNotEquals(wide[0], tall[0]);
      assertNotEquals(wide[0], wide[1]);
      assertArrayEquals(
          embedder.embed(images.getLast()), clip.images().embed(images.getLast()), 1e-6f);
    }
  }

  @Test
  void aClassifierSeesTheMeanOfTheImagesOwnPatches() throws IOException {
    float[] weight = {1, -2, 3};
    withHead(weight);
    try (Classifier classifier = Classifier.load(model)) {
      assertEquals(3, classifier.classes().size());
      for (Path image : images) {
        float[] mean =
            expected(
                image,
                (net, ops, b) ->
                    net.pooled(ops, net.tokens(ops, b), b, Pooling.MEAN_PATCHES).toFloats());
        float sum = 0;
        for (float value : mean) {
          sum += value;
        }
        float[] logits = classifier.logits(PictureDecoder.open().decode(image));
        for (int i = 0; i < weight.length; i++) {
          assertEquals(weight[i] * sum + i, logits[i], 1e-4, "class " + i);
        }
      }
    }
  }

  /** Adds a head whose rows have one value each, and biases 0, 1, 2. */
  private void withHead(float[] rows) throws IOException {
    Path file = model.resolve("model.safetensors");
    Path headed = folder.resolve("headed.safetensors");
    SafeTensorsWriter writer = new SafeTensorsWriter();
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test");
        WeightFile weights = WeightFiles.open(file)) {
      for (String name : weights.names()) {
        writer.add(name, weights.shape(name), weights.read(scope.eager(), name).toFloats());
      }
    }
    float[] matrix = new float[rows.length * 24];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = rows[i / 24];
    }
    writer.add("classifier.weight", Shape.of(rows.length, 24), matrix);
    writer.add("classifier.bias", Shape.of(rows.length), new float[] {0, 1, 2});
    writer.write(headed);
    Files.delete(file);
    Files.move(headed, file);
  }
}
