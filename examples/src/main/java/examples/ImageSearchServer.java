package examples;

import examples.ModelOptions.Model;
import io.github.maskalign.cli.Command;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.train.StopSignal;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.search.VectorIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs {@link SearchService}, an image search over HTTP, until Ctrl-C. */
@CommandLine.Command(
    name = "serve",
    sortOptions = false,
    description =
        "Starts a page and a JSON API that search a folder of images for those like an image, or"
            + " by words if the network has a text tower; shows classes and attention too. API:"
            + " curl --data-binary @cat.jpg http://127.0.0.1:8080/api/search")
public final class ImageSearchServer implements Command {

  @Parameters(
      paramLabel = "DATA",
      description = "Image folder, or any data set that 'maskalign data check' reads.")
  private Path data;

  @Option(
      names = "--index",
      paramLabel = "FILE",
      defaultValue = "pictures.index",
      description = "Index file; created if it does not exist (default: ${DEFAULT-VALUE}).")
  private Path file;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on; 0.0.0.0 accepts other machines (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "Port to listen on; 0 picks a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Mixin private ModelOptions model;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public ImageSearchServer() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PictureDecoder decoder = SearchService.decoder();
    Dataset pictures = DataSets.open(data, decoder);
    DatasetNotes.lines(pictures).forEach(out::println);
    CountDownLatch stopped = new CountDownLatch(1);
    try (Model opened = model.openWithTexts(spec.commandLine().getErr())) {
      out.println(opened.embedder().explanation());
      if (!Files.exists(file)) {
        out.printf("Indexing %s into %s%n", data, file);
        // Larger images than are shown can be found, as this decodes one at a time.
        IndexFolder.index(DataSets.open(data), opened, file, spec.commandLine().getErr());
      }
      try (VectorIndex index = VectorIndex.open(file, opened.digest());
          StopSignal stop = StopSignal.install(stopped::countDown);
          PictureSearch search = PictureSearch.open(opened, model, index, pictures);
          SearchService service =
              SearchService.start(new InetSocketAddress(host, port), search, decoder)) {
        IndexFolder.warnIfUnchecked(index, file, spec.commandLine().getErr());
        out.printf(
            "%s at %s (press Ctrl-C to stop)%n", Quantity.of(index.size(), "image"), service.uri());
        stopped.await();
        out.println("Finishing open requests ...");
        return stop.exitStatus();
      }
    }
  }
}
