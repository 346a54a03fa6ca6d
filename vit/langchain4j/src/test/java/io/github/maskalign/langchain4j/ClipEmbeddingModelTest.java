package io.github.maskalign.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.ClipOptions;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.text.token.TinyVocabulary;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipEmbeddingModelTest {

  private static final String NAME = "tiny-clip";

  @TempDir private static Path folder;
  private static Clip clip;
  private static EmbeddingModel model;

  @BeforeAll
  static void load() {
    int end = TinyVocabulary.ids().get("<|endoftext|>");
    new ClipFiles().writeHuggingFace(folder, "quick_gelu", end);
    clip = Clip.load(folder, ClipOptions.defaults().withBackend("reference"));
    model = new ClipEmbeddingModel(clip, NAME);
  }

  @AfterAll
  static void close() {
    clip.close();
  }

  private static BufferedImage picture(int color) {
    BufferedImage image = new BufferedImage(9, 8, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < 72; i++) {
      image.setRGB(i % 9, i / 9, color * (i % 5));
    }
    return image;
  }

  private static byte[] png(int color) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture(color), "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static EmbeddingInput image(int color) {
    return EmbeddingInput.from(
        ImageContent.from(Base64.getEncoder().encodeToString(png(color)), "image/png"));
  }

  private static EmbeddingRequest request(EmbeddingInput... inputs) {
    return EmbeddingRequest.builder().inputs(List.of(inputs)).build();
  }

  private static String refusal(EmbeddingInput input) {
    return assertThrows(ArgumentException.class, () -> model.embed(request(input))).getMessage();
  }

  @Test
  void textsAndImagesAreEmbeddedAsByClip() throws IOException {
    assertEquals(ClipFiles.PROJECTION, model.dimension());
    assertEquals(NAME, model.modelName());
    Path file = Files.write(folder.resolve("picture.png"), png(300));
    var response =
        model.embed(
            request(
                EmbeddingInput.from(TextContent.from("a cat")),
                image(5000),
                EmbeddingInput.from(TextContent.from("a dog")),
                EmbeddingInput.from(ImageContent.from(file.toUri()))));
    List<float[]> expected =
        List.of(
            clip.embed("a cat"),
            clip.images().embed(Picture.of(picture(5000))),
            clip.embed("a dog"),
            clip.images().embed(Picture.of(picture(300))));
    assertEquals(4, response.embeddings().size());
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(
          expected.get(i), response.embeddings().get(i).vector(), 1e-6f, "input " + i);
    }
    assertArrayEquals(clip.embed("a dog"), model.embed("a dog").content().vector(), 1e-6f);
    List<TextSegment> segments = List.of(TextSegment.from("a dog"), TextSegment.from("a cat"));
    assertArrayEquals(
        clip.embed("a cat"), model.embedAll(segments).content().get(1).vector(), 1e-6f);
  }

  @Test
  void aStoreFindsImagesByWords() {
    InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
    int[] colors = {100, 70_000, 9_000_000, 16_000_000};
    for (int color : colors) {
      Embedding embedding = model.embed(request(image(color))).embeddings().getFirst();
      store.add("picture " + color, embedding);
    }
    float[] words = clip.embed("a photo of a cat");
    EmbeddingSearchRequest search =
        EmbeddingSearchRequest.builder()
            .queryEmbedding(model.embed("a photo of a cat").content())
            .maxResults(colors.length)
            .build();
    List<EmbeddingMatch<TextSegment>> found = store.search(search).matches();
    assertEquals(colors.length, found.size());
    double best = Double.NEGATIVE_INFINITY;
    String nearest = "";
    for (int color : colors) {
      float[] seen = clip.images().embed(Picture.of(picture(color)));
      double cosine = 0;
      for (int i = 0; i < seen.length; i++) {
        cosine += seen[i] * words[i];
      }
      if (cosine > best) {
        best = cosine;
        nearest = "picture " + color;
      }
    }
    assertEquals(nearest, found.getFirst().embeddingId());
    // The store's score is (1 + cosine) / 2.
    assertEquals((1 + best) / 2, found.getFirst().score(), 1e-5);
  }

  @Test
  void whatCannotBeEmbeddedIsRefused() {
    TextContent text = TextContent.from("a cat");
    ImageContent fetched = ImageContent.from("https://example.com/cat.png");
    assertTrue(
        refusal(EmbeddingInput.from(List.of(text, text))).contains("an input of 2 contents"));
    assertTrue(refusal(EmbeddingInput.from(fetched)).contains("give its content in base64"));
    assertTrue(
        refusal(EmbeddingInput.from(ImageContent.from("not base64!", "image/png")))
            .contains("not valid base64"));
    String data = "data:image/png;base64," + Base64.getEncoder().encodeToString(png(1));
    assertTrue(
        refusal(EmbeddingInput.from(ImageContent.from(data, "image/png")))
            .contains("not valid base64"));
    assertTrue(
        refusal(EmbeddingInput.from(ImageContent.from("file://elsewhere/cat.png")))
            .contains("not a file of this machine"));
    EmbeddingRequest sound =
        request(EmbeddingInput.from(AudioContent.from("UklGRg==", "audio/wav")));
    assertThrows(UnsupportedFeatureException.class, () -> model.embed(sound));
    String notAnImage = Base64.getEncoder().encodeToString(new byte[50]);
    EmbeddingRequest damaged =
        request(EmbeddingInput.from(ImageContent.from(notAnImage, "image/png")));
    assertThrows(DamagedPictureException.class, () -> model.embed(damaged));
    Image missing = Image.builder().url(folder.resolve("missing.png").toUri()).build();
    EmbeddingRequest absent = request(EmbeddingInput.from(ImageContent.from(missing)));
    assertThrows(UncheckedIOException.class, () -> model.embed(absent));
  }
}
