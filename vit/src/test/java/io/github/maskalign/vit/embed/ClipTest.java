package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.text.token.TinyVocabulary;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipTest {

  private static final ClipOptions OPTIONS = ClipOptions.defaults().withBackend("reference");
  private static final List<String> TEXTS =
      List.of("a photo of a cat", "dog", "", "the cats' photo...");
  private static final int END = TinyVocabulary.ids().get("<|endoftext|>");
  private static final float ROUNDING = 2e-5f;

  @TempDir private Path folder;
  private final ClipFiles files = new ClipFiles();

  private static BufferedImage image(long seed) {
    BufferedImage image = new BufferedImage(11, 9, BufferedImage.TYPE_3BYTE_BGR);
    Philox random = Philox.of(seed);
    for (int i = 0; i < 99; i++) {
      image.setRGB(i % 11, i / 11, random.bits(i));
    }
    return image;
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /** Compares embeddings and probabilities with plain loops. */
  private void check(Clip clip, DoubleUnaryOperator activation) {
    assertEquals(ClipFiles.PROJECTION, clip.width());
    assertEquals(files.scale(), clip.logitScale(), 1e-5);
    Picture picture = Picture.of(image(1));
    double[] pixels = doubles(clip.images().preprocessing().apply(picture));
    double[] seen = files.picture(pixels, activation);
    assertArrayEquals(seen, doubles(clip.images().embed(picture)), ROUNDING);
    List<float[]> together = clip.embed(TEXTS);
    double[] weights = new double[TEXTS.size()];
    for (int i = 0; i < weights.length; i++) {
      int[] ids = clip.tokenizer().encode(TEXTS.get(i));
      double[] expected = files.text(ids, ids.length - 1, activation);
      assertArrayEquals(expected, doubles(together.get(i)), ROUNDING, TEXTS.get(i));
      assertArrayEquals(expected, doubles(clip.embed(TEXTS.get(i))), ROUNDING, TEXTS.get(i));
      double cosine = 0;
      for (int j = 0; j < seen.length; j++) {
        cosine += seen[j] * expected[j];
      }
      weights[i] = Math.exp(files.scale() * cosine);
    }
    double total = DoubleStream.of(weights).sum();
    double[] expected = DoubleStream.of(weights).map(weight -> weight / total).toArray();
    assertArrayEquals(expected, doubles(clip.similarity(picture, TEXTS)), ROUNDING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void huggingFace(String backend) {
    files.writeHuggingFace(folder, "quick_gelu", END);
    try (Clip clip = Clip.load(folder, OPTIONS.withBackend(backend))) {
      check(clip, ClipFiles::quickGelu);
    }
    files.writeHuggingFace(folder, "gelu", 2);
    try (Clip clip = Clip.load(folder, OPTIONS.withBackend(backend))) {
      check(clip, ClipFiles::gelu);
    }
  }

  @ParameterizedTest
  @CsvSource({"'', true", "'', false", "text., true"})
  void openClip(String prefix, boolean quick) {
    files.writeOpenClip(folder, prefix, quick);
    try (Clip clip = Clip.load(folder, OPTIONS)) {
      check(clip, quick ? ClipFiles::quickGelu : ClipFiles::gelu);
    }
  }

  @Test
  void allInputsGiveTheSame() throws IOException {
    files.writeHuggingFace(folder, "quick_gelu", END);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image(2), "png", png);
    Path file = Files.write(folder.resolve("picture.png"), png.toByteArray());
    try (Clip clip = Clip.load(folder, OPTIONS)) {
      float[] expected = clip.similarity(image(2), TEXTS);
      assertArrayEquals(expected, clip.similarity(Picture.of(image(2)), TEXTS));
      assertArrayEquals(expected, clip.similarity(file, TEXTS));
      assertArrayEquals(expected, clip.similarity(png.toByteArray(), TEXTS));
      assertArrayEquals(
          expected, clip.similarity(new ByteArrayInputStream(png.toByteArray()), TEXTS));
    }
  }

  @Test
  void labelsOutliveTheirClip() {
    files.writeHuggingFace(folder, "quick_gelu", END);
    ZeroShotClassifier labels;
    float[] picture;
    float[] expected;
    try (Clip clip = Clip.load(folder, OPTIONS)) {
      labels = clip.classifier(TEXTS);
      picture = clip.images().embed(image(3));
      expected = clip.similarity(image(3), TEXTS);
      assertThrows(ArgumentException.class, () -> clip.classifier(List.of()));
    }
    assertEquals(TEXTS, labels.texts());
    assertArrayEquals(expected, labels.probabilities(picture), 1e-6f);
    float[] logits = labels.logits(picture);
    float[] cosines = labels.cosines(picture);
    assertEquals(cosines[1] * files.scale(), logits[1], 1e-5);
    assertThrows(ShapeException.class, () -> labels.cosines(new float[5]));
  }

  @Test
  void concurrentTextsGetWhatEachWouldGetAlone() throws Exception {
    files.writeHuggingFace(folder, "quick_gelu", END);
    try (Clip clip = Clip.load(folder, OPTIONS.withBackend("auto"));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<float[]>> together = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String text = TEXTS.get(i % TEXTS.size());
        together.add(callers.submit(() -> clip.embed(text)));
      }
      for (int i = 0; i < 40; i++) {
        float[] alone = clip.embed(TEXTS.get(i % TEXTS.size()));
        assertArrayEquals(alone, together.get(i).get(), 1e-5f);
      }
    }
  }

  @Test
  void longTextsAreRefusedUnlessTheyMayBeCut() {
    files.writeHuggingFace(folder, "quick_gelu", END);
    String max = "cat ".repeat(ClipFiles.CONTEXT - 2);
    try (Clip clip = Clip.load(folder, OPTIONS);
        Clip cutting = Clip.load(folder, OPTIONS.withTruncation(true))) {
      ShapeException told = assertThrows(ShapeException.class, () -> clip.embed(max + "dog"));
      assertTrue(told.getMessage().contains("the text has 11 tokens"), told.getMessage());
      assertArrayEquals(clip.embed(max), cutting.embed(max + "dog"), 1e-6f);
    }
  }

  @Test
  void whatCannotBeGivenIsRefusedAtOnce() throws IOException {
    files.writeHuggingFace(folder, "quick_gelu", END);
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    refused("eos_token_id is 5", text.replace("\"eos_token_id\": " + END, "\"eos_token_id\": 5"));
    refused("hidden_act 'mish'", text.replace("quick_gelu", "mish"));
    Files.writeString(config, text);
    Files.delete(folder.resolve("tokenizer.json"));
    refused("missing vocabulary", text);
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Unigram\"}}");
    refused("the vocabulary is empty", text);
  }

  private void refused(String why, String config) throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
    FormatException told =
        assertThrows(FormatException.class, () -> Clip.load(folder, OPTIONS).close());
    assertTrue(told.getMessage().contains(why), told.getMessage());
  }

  @Test
  void allKindsOfVocabularyFilesGiveTheSameTokens() throws IOException {
    files.writeHuggingFace(folder, "quick_gelu", 2);
    List<int[]> expected;
    try (Clip clip = Clip.load(folder, OPTIONS)) {
      expected = TEXTS.stream().map(t -> clip.tokenizer().encode(t)).toList();
    }
    Files.delete(folder.resolve("tokenizer.json"));
    Files.writeString(folder.resolve("merges.txt"), TinyVocabulary.mergesFile());
    Files.writeString(
        folder.resolve("vocab.json"), new ObjectMapper().writeValueAsString(TinyVocabulary.ids()));
    try (Clip clip = Clip.load(folder, OPTIONS)) {
      for (int i = 0; i < TEXTS.size(); i++) {
        assertArrayEquals(expected.get(i), clip.tokenizer().encode(TEXTS.get(i)));
      }
    }
  }

  @Test
  void openAisListOfMergesImpliesTheTokens() throws IOException {
    files.writeHuggingFace(folder, "quick_gelu", 2);
    Files.delete(folder.resolve("tokenizer.json"));
    Path file = folder.resolve("bpe_simple_vocab_16e6.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(TinyVocabulary.openAiList().getBytes(StandardCharsets.UTF_8));
    }
    try (Clip clip = Clip.load(folder, OPTIONS)) {
      assertEquals(END, clip.tokenizer().settings().end().orElseThrow());
      // The word "a" is token 320 of CLIP.
      assertArrayEquals(new int[] {END - 1, 320, END}, clip.tokenizer().encode("a"));
      assertNotEquals(0, clip.embed("a")[0]);
    }
  }

  @Test
  void afterCloseItSaysSo() {
    files.writeHuggingFace(folder, "quick_gelu", END);
    Clip clip = Clip.load(folder, OPTIONS);
    clip.close();
    clip.close();
    ClosedException told = assertThrows(ClosedException.class, () -> clip.embed("cat"));
    assertTrue(told.getMessage().startsWith("clip"), told.getMessage());
    assertThrows(ClosedException.class, () -> clip.similarity(image(1), TEXTS));
  }

  @Test
  void memoryDoesNotCreep() {
    files.writeHuggingFace(folder, "quick_gelu", END);
    try (Clip clip = Clip.load(folder, OPTIONS.withBackend("auto"))) {
      for (int i = 0; i < 50; i++) {
        clip.similarity(image(1), TEXTS);
      }
      var before = clip.images().memory();
      for (int i = 0; i < 300; i++) {
        clip.similarity(image(1), TEXTS);
      }
      assertEquals(before, clip.images().memory());
    }
  }
}
