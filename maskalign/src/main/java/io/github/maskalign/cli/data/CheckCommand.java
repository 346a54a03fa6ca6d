package io.github.maskalign.cli.data;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.train.StopSignal;
import io.github.maskalign.vit.image.PictureDecoder;
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

/** {@code maskalign data check}: decodes every picture of a set. */
@CommandLine.Command(
    name = "check",
    description = {
      "Decodes every picture of a data set and reports counts, sizes, formats, damaged files and"
          + " copies. The set is a folder of pictures or of a folder a class, a list of lines"
          + " 'path label', tar archives, IDX or CIFAR files, or fashion-mnist.",
      "Exit status: 0 all whole, 1 something is damaged, 2 no such set, 130 stopped."
    })
final class CheckCommand implements Callable<Integer> {

  @Parameters(paramLabel = "SET", description = "Folder, list or archive to check.")
  private String set;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that decode (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the whole report there too, every damaged file and copy in it.")
  private @Nullable Path json;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (threads < 1) {
      throw new IllegalArgumentException("--threads: " + threads + "; give 1 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    PictureDecoder decoder = PictureDecoder.open();
    Dataset pictures =
        set.equals("fashion-mnist")
            ? FashionMnist.testSplit()
            : DataSets.open(Path.of(set), decoder);
    out.println(pictures);
    out.flush();
    try (StopSignal stop = StopSignal.install()) {
      Scan scan = new Scan(pictures, decoder);
      scan.run(threads, stop::requested, quiet ? (_, _) -> {} : new ScanProgress(System.err));
      CheckReport report = CheckReport.of(pictures, scan);
      ReportText.print(report, out);
      if (json != null) {
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValue(json.toFile(), report);
      }
      if (stop.requested()) {
        return stop.exitStatus();
      }
      return report.damaged().isEmpty() ? 0 : 1;
    }
  }
}
