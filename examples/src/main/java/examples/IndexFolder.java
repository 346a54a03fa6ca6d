package examples;

import examples.ModelOptions.Model;
import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ProgressLine;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.search.VectorIndex;
import io.github.maskalign.vit.search.VectorIndexWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Embeds all images of a folder and writes the index that {@link SearchFolder} searches. */
@CommandLine.Command(
    name = "index",
    sortOptions = false,
    description = "Embeds the images of a folder or data set and writes a search index.")
public final class IndexFolder implements Command {

  /** Number of images being decoded or waiting for the network, which batches them. */
  private static final int AT_ONCE = 16;

  @Parameters(
      paramLabel = "DATA",
      description = "Image folder, or any data set that 'maskalign data check' reads.")
  private Path data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "pictures.index",
      description = "Index file to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Mixin private ModelOptions model;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public IndexFolder() {}

  @Override
  public Integer call() {
    Dataset pictures = DataSets.open(data);
    DatasetNotes.lines(pictures).forEach(spec.commandLine().getOut()::println);
    try (Model opened = model.open()) {
      spec.commandLine().getOut().println(opened.embedder().explanation());
      int indexed = index(pictures, opened, out, spec.commandLine().getErr());
      spec.commandLine().getOut().printf("%s: %s%n", out, Quantity.of(indexed, "image"));
      return indexed == pictures.size() ? 0 : 1;
    }
  }

  /** Says that damage to an index is not detected, if that is so. */
  static void warnIfUnchecked(VectorIndex index, Path file, PrintWriter messages) {
    if (!index.hasChecksums()) {
      messages.printf(
          "maskalign: %s has no checksums, as it was written by an earlier version; index again to"
              + " have damage detected%n",
          file);
    }
  }

  /** The embedding of an image, or the reason why there is none. */
  private record Embedded(String name, float @Nullable [] vector, String refusal) {}

  /** Writes the index, reports each image that is skipped, and returns the number of rows. */
  static int index(Dataset pictures, Model model, Path target, PrintWriter messages) {
    AtomicInteger done = new AtomicInteger();
    try (VectorIndexWriter index =
            VectorIndexWriter.create(target, model.embedder().width(), model.digest());
        ProgressLine progress = new ProgressLine(messages, "Images")) {
      IntStream.range(0, pictures.size())
          .boxed()
          .gather(Gatherers.mapConcurrent(AT_ONCE, i -> embed(pictures, i, model.embedder())))
          .forEachOrdered(
              embedded -> {
                if (embedded.vector() != null) {
                  index.add(embedded.name(), embedded.vector());
                } else {
                  progress.clear();
                  messages.println("maskalign: skipped: " + embedded.refusal());
                }
                progress.update(done.incrementAndGet(), pictures.size());
              });
      index.finish();
      return index.size();
    }
  }

  private static Embedded embed(Dataset pictures, int number, Embedder embedder) {
    String name = pictures.name(number);
    try {
      return new Embedded(name, embedder.embed(pictures.picture(number)), "");
    } catch (DamagedPictureException e) {
      return new Embedded(name, null, e.named(name).getMessage());
    } catch (OutOfMemoryException e) {
      return new Embedded(name, null, e.getMessage());
    } catch (OutOfMemoryError e) {
      return new Embedded(name, null, OutOfMemoryException.ofJava(name, e).getMessage());
    }
  }
}
