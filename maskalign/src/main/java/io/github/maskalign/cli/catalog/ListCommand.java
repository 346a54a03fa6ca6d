package io.github.maskalign.cli.catalog;

import io.github.maskalign.cli.ByteSize;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.train.checkpoint.FolderKind;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign runs list}: lists the runs below a folder. */
@CommandLine.Command(
    name = "list",
    sortOptions = false,
    description =
        "Lists the runs below a folder: state, progress, best score, size on disk, and the command"
            + " that starts each.")
final class ListCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      defaultValue = "runs",
      description = "Folder to search (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("runs");

  @Option(names = "--json", description = "Print a JSON array, with sizes in bytes.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new ArgumentException(folder + ": no such folder");
    }
    List<RunSummary> runs = new ArrayList<>();
    for (Path path : find()) {
      runs.add(new RunReader(path).read());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonWriter.printable(runs));
    } else {
      print(runs, out);
    }
    return 0;
  }

  /** The folders of runs, by name; a run has no other run in it. */
  private List<Path> find() throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            if (FolderKind.RUN.marks(path)) {
              found.add(path);
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) {
            spec.commandLine().getErr().println("Passed over " + Printable.line(path.toString()));
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(Comparator.naturalOrder());
    return found;
  }

  private void print(List<RunSummary> runs, PrintWriter out) {
    if (runs.isEmpty()) {
      out.printf("No runs below %s%n", Printable.line(folder.toString()));
      return;
    }
    int width = runs.stream().mapToInt(run -> run.progress().length()).max().orElse(0);
    for (RunSummary run : runs) {
      out.println(Printable.line(run.path()));
      out.printf(
          "  %-8s  %-" + width + "s  %-12s  %10s%n",
          run.state().word(),
          run.progress(),
          run.scored(),
          ByteSize.text(run.bytes()));
      if (run.command() != null) {
        out.println("  " + Printable.line(run.command()));
      }
      if (run.problem() != null) {
        out.println("  " + Printable.line(run.problem()));
      }
    }
    long bytes = runs.stream().mapToLong(RunSummary::bytes).sum();
    out.printf("%s, %s%n", Quantity.of(runs.size(), "run"), ByteSize.text(bytes));
  }
}
