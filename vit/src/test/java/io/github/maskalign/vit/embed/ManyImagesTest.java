package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.weights.Weights;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several images at once, results that come later, and what a service observes. */
class ManyImagesTest {

  private static final ViTConfig CONFIG = ViTConfig.of(32, 16, 64, 3, 1);
  private static final int COUNT = 37;

  private static @TempDir Path folder;
  private static Path model;
  private static List<ImageInput> images;

  private final List<BatchListener.Batch> batches = new CopyOnWriteArrayList<>();
  private final EmbedderOptions options =
      EmbedderOptions.defaults()
          .withBackend("reference")
          .withBatching(4, Duration.ZERO)
          .withListener(batches::add);

  @BeforeAll
  static void write() throws IOException {
    model = folder.resolve("model.safetensors");
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(parameters.root(), CONFIG);
      Weights.save(model, parameters, Map.of());
    }
    images = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      BufferedImage image = image(i);
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(image, "png", png);
      images.add(
          switch (i % 3) {
            case 0 -> ImageInput.of(image);
            case 1 -> ImageInput.of(png.toByteArray());
            default -> ImageInput.of(Files.write(folder.resolve(i + ".png"), png.toByteArray()));
          });
    }
  }

  private static BufferedImage image(int seed) {
    BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_3BYTE_BGR);
    Philox random = Philox.of(seed);
    for (int i = 0; i < 40 * 36; i++) {
      image.setRGB(i % 40, i / 40, random.bits(i));
    }
    return image;
  }

  private List<float[]> expected(Embedder embedder) {
    List<float[]> all = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      all.add(embedder.embed(image(i)));
    }
    return all;
  }

  @Test
  void allInTheirOrder() {
    try (Embedder embedder = Embedder.load(model, options)) {
      List<float[]> expected = expected(embedder);
      List<float[]> found = embedder.embedAll(images);
      int width = embedder.width();
      float[] array = new float[3 + COUNT * width];
      embedder.embedAll(images, array, 3);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocate(4L * COUNT * width + 1).asSlice(1);
        embedder.embedAll(images, memory);
        for (int i = 0; i < COUNT; i++) {
          assertArrayEquals(expected.get(i), found.get(i));
          for (int j = 0; j < width; j++) {
            int at = i * width + j;
            assertEquals(expected.get(i)[j], array[3 + at]);
            assertEquals(expected.get(i)[j], memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * at));
          }
        }
      }
      assertEquals(List.of(), embedder.embedAll(List.of()));
    }
  }

  @Test
  void aTargetThatIsTooShortIsNotTouched() {
    try (Embedder embedder = Embedder.load(model, options);
        Arena arena = Arena.ofConfined()) {
      float[] array = new float[COUNT * embedder.width()];
      for (int from : new int[] {1, -1, Integer.MAX_VALUE}) {
        assertThrows(ArgumentException.class, () -> embedder.embedAll(images, array, from));
      }
      MemorySegment memory = arena.allocate(4L * array.length - 1);
      ArgumentException refused =
          assertThrows(ArgumentException.class, () -> embedder.embedAll(images, memory));
      assertTrue(refused.getMessage().contains("need room for"), refused.getMessage());
      assertEquals(List.of(), batches);
    }
  }

  @Test
  void oneThatIsDamagedIsNamed() throws IOException {
    Path damaged = Files.writeString(folder.resolve("damaged.png"), "no picture");
    List<ImageInput> with = new ArrayList<>(images);
    with.add(20, ImageInput.of(damaged));
    try (Embedder embedder = Embedder.load(model, options)) {
      DamagedPictureException failure =
          assertThrows(DamagedPictureException.class, () -> embedder.embedAll(with));
      assertTrue(failure.getMessage().contains("damaged.png"), failure.getMessage());
      assertEquals(COUNT, embedder.embedAll(images).size());
    }
  }

  @Test
  void later() {
    try (Embedder embedder = Embedder.load(model, options)) {
      List<float[]> expected = expected(embedder);
      List<CompletableFuture<float[]>> found = images.stream().map(embedder::embedAsync).toList();
      for (int i = 0; i < COUNT; i++) {
        assertArrayEquals(expected.get(i), found.get(i).join());
      }
      ImageInput damaged = ImageInput.of(new byte[5], "upload.jpg");
      CompletionException failure =
          assertThrows(CompletionException.class, embedder.embedAsync(damaged)::join);
      assertTrue(failure.getCause().getMessage().contains("upload.jpg"), failure.toString());
    }
  }

  @Test
  void batchesAreToldAndCounted() {
    Embedder embedder = Embedder.load(model, options);
    try (embedder) {
      embedder.embedAll(images);
      Health health = embedder.health();
      assertTrue(health.serving());
      assertEquals(COUNT, health.completed());
      assertEquals(0, health.failed() + health.queued());
    }
    assertEquals(COUNT, batches.stream().mapToInt(BatchListener.Batch::size).sum());
    for (BatchListener.Batch batch : batches) {
      assertTrue(batch.size() <= 4 && batch.queued() >= 0, batch.toString());
      assertFalse(batch.waited().isNegative() || batch.computed().isNegative());
      assertNull(batch.failure());
    }
    assertFalse(embedder.health().serving());
    assertNull(embedder.health().problem());
    CompletionException closed =
        assertThrows(CompletionException.class, embedder.embedAsync(images.getFirst())::join);
    assertTrue(closed.getCause() instanceof ClosedException, closed.toString());
  }

  @Test
  void aBatchIsToldBeforeItsResults() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch looked = new CountDownLatch(1);
    Batching batching =
        Batching.of(1, Duration.ZERO)
            .withListener(
                _ -> {
                  told.countDown();
                  assertDoesNotThrow(() -> looked.await());
                });
    Batcher.Work<float[]> work = List::copyOf;
    try (Batcher<float[]> batcher = new Batcher<>("test", work, batching)) {
      CompletableFuture<float[]> result = batcher.submitAsync(new float[] {1});
      told.await();
      assertFalse(result.isDone());
      assertEquals(1, batcher.health().completed());
      looked.countDown();
      assertArrayEquals(new float[] {1}, result.join());
    }
  }

  static Stream<Runnable> failures() {
    return Stream.of(
        () -> {
          throw new IllegalStateException("planted");
        },
        () -> {
          throw new NoClassDefFoundError("planted");
        });
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aListenerThatFailsHarmsNobody(Runnable failure) {
    EmbedderOptions failing = options.withListener(_ -> failure.run());
    try (LogRecords log = LogRecords.of(Batcher.class.getPackageName());
        Embedder embedder = Embedder.load(model, failing)) {
      assertEquals(COUNT, embedder.embedAll(images).size());
      assertTrue(embedder.health().serving());
      assertTrue(log.warnings().getFirst().contains("its listener failed"));
    }
  }

  @Test
  void aBatchThatFailsIsTold() {
    Batcher.Work<float[]> work =
        inputs -> {
          throw new IllegalStateException("planted");
        };
    Batching batching = Batching.of(2, Duration.ZERO).withListener(batches::add);
    try (Batcher<float[]> batcher = new Batcher<>("test", work, batching)) {
      assertThrows(IllegalStateException.class, () -> batcher.submit(new float[1]));
      assertEquals(1, batcher.health().failed());
      assertTrue(batcher.health().serving());
    }
    assertEquals(1, batches.size());
    assertEquals("planted", batches.getFirst().failure().getMessage());
  }
}
