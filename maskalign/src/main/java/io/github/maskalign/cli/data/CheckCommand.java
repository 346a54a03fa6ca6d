package io.github.maskalign.cli.data;

import io.github.maskalign.cli.ProgressLine;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.train.StopSignal;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign data check}: decodes every image of a data set. */
@CommandLine.Command(
    name = "check",
    description = {
      "Decodes every image of a data set and reports counts, sizes, formats, damaged files and"
          + " duplicates. A data set is a folder of images, a folder with one subfolder per class,"
          + " a list of paths and labels, tar archives, IDX or CIFAR files, or fashion-mnist.",
      "Exit status: 0 no damage, 1 images that are damaged or too large for the memory, 2 no such data set, 130 interrupted."
    })
final class CheckCommand implements Callable<Integer> {

  @Parameters(paramLabel = "DATA", description = "Data set to check.")
  private String set;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of decoder threads (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "Also write the whole report to this file, with every damaged file and duplicate.")
  private @Nullable Path json;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (threads < 1) {
      throw new ArgumentException("--threads: must be 1 or more, got " + threads);
    }
    PrintWriter out = spec.commandLine().getOut();
    PictureDecoder decoder = PictureDecoder.open();
    Dataset pictures = DataSets.named(set, decoder);
    out.println(pictures);
    out.flush();
    try (StopSignal stop = StopSignal.install()) {
      Scan scan = new Scan(pictures, decoder);
      try (ProgressLine line = ProgressLine.onStandardError("Checked images")) {
        scan.run(threads, stop::requested, quiet ? (_, _) -> {} : line::update);
      }
      CheckReport report = CheckReport.of(pictures, scan);
      ReportText.print(report, out);
      if (json != null) {
        AtomicFile.write(json, JsonWriter.bytes(report));
      }
      if (stop.requested()) {
        return stop.exitStatus();
      }
      return report.damaged().isEmpty() && report.unchecked().isEmpty() ? 0 : 1;
    }
  }
}
