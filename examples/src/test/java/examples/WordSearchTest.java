package examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.embed.CosineSimilarity;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.search.VectorIndex;
import io.github.maskalign.vit.text.token.TinyVocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Searches for words with a CLIP of random weights: what it finds means nothing, but is exact. */
class WordSearchTest {

  private static final String WORDS = "a photo of a cat";

  @TempDir private static Path folder;
  private static Path clip;
  private static Path data;
  private static Path index;

  @BeforeAll
  static void index() throws IOException {
    clip = Files.createDirectories(folder.resolve("clip"));
    int end = TinyVocabulary.ids().get("<|endoftext|>");
    new ClipFiles().writeHuggingFace(clip, "quick_gelu", end);
    data = folder.resolve("images");
    DemoPictures.write(data, 30);
    index = folder.resolve("images.index");
    Ran ran =
        Ran.command(new IndexFolder(), data.toString(), "--out=" + index, "--weights=" + clip);
    assertEquals(0, ran.status(), ran.err());
  }

  @CommandLine.Command
  private static final class Options {
    @CommandLine.Mixin private final ModelOptions model = new ModelOptions();
  }

  private static ModelOptions.Model model() {
    Options options = new Options();
    new CommandLine(options).parseArgs("--weights=" + clip);
    return options.model.openWithTexts(new PrintWriter(System.err, true));
  }

  @Test
  void theCommandFindsWhatTheEmbeddingsSay() {
    Ran ran =
        Ran.command(
            new SearchFolder(),
            index.toString(),
            "--text=" + WORDS,
            "--top=30",
            "--weights=" + clip);
    assertEquals(0, ran.status(), ran.err());
    List<String> lines = ran.out();
    assertTrue(lines.getFirst().startsWith("\"" + WORDS + "\", among 30 in"), lines.toString());
    Dataset pictures = DataSets.open(data);
    try (ModelOptions.Model model = model()) {
      float[] words = model.clip().embed(WORDS);
      double best = -1;
      for (int i = 0; i < pictures.size(); i++) {
        float[] image = model.embedder().embed(pictures.picture(i));
        best = Math.max(best, CosineSimilarity.dot(words, image));
      }
      double found = Double.parseDouble(lines.get(1).strip().split(" ")[0]);
      assertEquals(best, found, 1e-4);
    }
  }

  @Test
  void withoutATextTowerWordsAreRefused() {
    Ran words = Ran.command(new SearchFolder(), index, "--text=" + WORDS);
    assertTrue(message(words).contains("--text: the network has no text tower"), message(words));
    Ran nothing = Ran.command(new SearchFolder(), index);
    assertTrue(message(nothing).contains("missing IMAGE or --text"), message(nothing));
  }

  private static String message(Ran refused) {
    return assertInstanceOf(ArgumentException.class, refused.failure()).getMessage();
  }

  @Test
  void thePageAndProgramsSearchForWords() throws Exception {
    PictureDecoder decoder = SearchService.decoder();
    try (ModelOptions.Model model = model();
        VectorIndex opened = VectorIndex.open(index, model.digest());
        PictureSearch search =
            PictureSearch.open(model, new ModelOptions(), opened, DataSets.open(data, decoder));
        SearchService service =
            SearchService.start(new InetSocketAddress("127.0.0.1", 0), search, decoder);
        HttpClient client = HttpClient.newHttpClient()) {
      String query = "?q=a%20photo+of%20a%20cat";
      var json = HttpRequest.newBuilder(service.uri().resolve("/api/words" + query)).build();
      JsonNode found =
          new ObjectMapper().readTree(client.send(json, BodyHandlers.ofString()).body());
      assertEquals(12, found.size());
      assertEquals(
          opened.search(model.clip().embed(WORDS), 1).getFirst().score(),
          found.get(0).get("score").asDouble(),
          1e-6);
      var request = HttpRequest.newBuilder(service.uri().resolve("/words" + query)).build();
      String page = client.send(request, BodyHandlers.ofString()).body();
      assertTrue(page.contains("value=\"" + WORDS + "\""), page);
      assertEquals(12, page.split("<li>").length - 1);
      assertFalse(page.contains("Where the network looks"), "there is no image to look at");
    }
  }
}
