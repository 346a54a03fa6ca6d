package search;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import io.github.maskalign.langchain4j.ClipEmbeddingModel;
import io.github.maskalign.vit.embed.Clip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** SearchByWords MODEL FOLDER WORDS: prints the images of a folder that words describe best. */
public final class SearchByWords {

  private SearchByWords() {}

  public static void main(String[] args) throws IOException {
    List<Path> images;
    try (Stream<Path> files = Files.list(Path.of(args[1]))) {
      images = files.filter(file -> file.toString().matches(".*\\.(jpe?g|png)")).sorted().toList();
    }
    try (Clip clip = Clip.load(args[0])) {
      EmbeddingModel model = new ClipEmbeddingModel(clip, args[0]);
      InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
      List<EmbeddingInput> inputs =
          images.stream()
              .map(image -> EmbeddingInput.from(ImageContent.from(image.toUri())))
              .toList();
      List<Embedding> embeddings =
          model.embed(EmbeddingRequest.builder().inputs(inputs).build()).embeddings();
      for (int i = 0; i < images.size(); i++) {
        store.add(String.valueOf(images.get(i).getFileName()), embeddings.get(i));
      }
      EmbeddingSearchRequest search =
          EmbeddingSearchRequest.builder()
              .queryEmbedding(model.embed(args[2]).content())
              .maxResults(5)
              .build();
      store
          .search(search)
          .matches()
          .forEach(match -> System.out.printf("%.4f  %s%n", match.score(), match.embeddingId()));
    }
  }
}
