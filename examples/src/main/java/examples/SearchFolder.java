package examples;

import examples.ModelOptions.Model;
import io.github.maskalign.cli.Command;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.search.VectorIndex;
import io.github.maskalign.vit.search.VectorIndex.Match;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds the images of an index that are most similar to query images. */
@CommandLine.Command(
    name = "search",
    sortOptions = false,
    description =
        "Finds images like an image, or by words, in an index that 'maskalign index' wrote, nearest first,"
            + " with cosine similarities.")
public final class SearchFolder implements Command {

  @Parameters(
      index = "0",
      paramLabel = "INDEX",
      description = "Index file that 'maskalign index' wrote.")
  private Path file;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "IMAGE",
      description = "Query images: JPEG, PNG, GIF, BMP or WebP.")
  private List<Path> queries = List.of();

  @Option(
      names = "--text",
      paramLabel = "WORDS",
      description =
          "Words to search for, such as \"a dog in snow\"; with networks that have a text tower:"
              + " CLIP, SigLIP. Can be repeated.")
  private List<String> texts = List.of();

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "Number of results per query (default: ${DEFAULT-VALUE}).")
  private int top;

  @Mixin private ModelOptions model;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public SearchFolder() {}

  @Override
  public Integer call() {
    if (queries.isEmpty() && texts.isEmpty()) {
      throw new ArgumentException("missing IMAGE or --text: what to search for");
    }
    try (Model opened =
        texts.isEmpty() ? model.open() : model.openWithTexts(spec.commandLine().getErr())) {
      Clip clip = opened.clip();
      if (!texts.isEmpty() && clip == null) {
        throw new ArgumentException(
            "--text: the network has no text tower; index and search with CLIP or SigLIP"
                + " (--weights), without --merge");
      }
      try (VectorIndex index = VectorIndex.open(file, opened.digest())) {
        IndexFolder.warnIfUnchecked(index, file, spec.commandLine().getErr());
        for (Path query : queries) {
          print(query.toString(), index, opened.embedder().embed(query));
        }
        for (String text : texts) {
          print('"' + text + '"', index, clip.embed(text));
        }
      }
    }
    return 0;
  }

  private void print(String query, VectorIndex index, float[] vector) {
    PrintWriter out = spec.commandLine().getOut();
    long start = System.nanoTime();
    List<Match> matches = index.search(vector, top);
    double millis = (System.nanoTime() - start) * 1e-6;
    out.printf("%s, among %,d in %.1f ms%n", query, index.size(), millis);
    for (Match match : matches) {
      out.println(String.format(Locale.ROOT, "  %.4f  %s", match.score(), match.name()));
    }
  }
}
