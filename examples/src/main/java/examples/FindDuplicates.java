package examples;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ProgressLine;
import io.github.maskalign.cli.RefusedOption;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.embed.CosineSimilarity;
import io.github.maskalign.vit.search.VectorIndex;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds near-duplicate images by comparing all pairs in blocks of matrix products. */
@CommandLine.Command(
    name = "duplicates",
    sortOptions = false,
    description =
        "Finds groups of near-duplicate images in an index, whatever their size or format. Prints"
            + " the cosine similarity of each image with the first of its group.")
public final class FindDuplicates implements Command {

  /** Rows per matrix product: a million cosines at once. */
  private static final int BLOCK = 1024;

  @Parameters(paramLabel = "INDEX", description = "Index file that 'maskalign index' wrote.")
  private Path file;

  @Option(
      names = "--threshold",
      paramLabel = "COSINE",
      defaultValue = "0.98",
      description =
          "Minimum cosine similarity of duplicates; the best value depends on the network (default:"
              + " ${DEFAULT-VALUE}).")
  private float min;

  private CommandSpec spec;

  /** For the service loader. */
  public FindDuplicates() {}

  /** Called by picocli. */
  @Spec
  public void setSpec(CommandSpec spec) {
    this.spec = spec;
    RefusedOption.renamed(spec, "--least", "--threshold");
  }

  @Override
  public Integer call() {
    if (!(min > 0 && min <= 1)) {
      throw new ArgumentException(
          "--threshold: expected a value above 0 and at most 1, got " + min);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (VectorIndex index = VectorIndex.open(file)) {
      IndexFolder.warnIfUnchecked(index, file, spec.commandLine().getErr());
      List<List<Integer>> groups = groups(index, min, spec.commandLine().getErr());
      for (List<Integer> group : groups) {
        float[] first = index.vector(group.getFirst());
        for (int row : group) {
          double cosine = CosineSimilarity.dot(first, index.vector(row));
          out.println(String.format(Locale.ROOT, "%.4f  %s", cosine, index.name(row)));
        }
        out.println();
      }
      out.printf(
          "%s in %s%n", Quantity.of(groups.size(), "group"), Quantity.of(index.size(), "image"));
    }
    return 0;
  }

  /** The groups with at least two rows, ordered by their first rows. */
  static List<List<Integer>> groups(VectorIndex index, float min, PrintWriter messages) {
    int count = index.size();
    int[] parents = IntStream.range(0, count).toArray();
    long total = (long) count * (count + 1) / 2;
    long done = 0;
    try (Backends.Choice choice = Backends.open(Backends.AUTO, BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "duplicates");
        ProgressLine progress = new ProgressLine(messages, "Pairs")) {
      for (int from = 0; from < count; from += BLOCK) {
        try (Scope rows = scope.child("rows")) {
          Tensor a = block(rows, index, from);
          for (int other = from; other < count; other += BLOCK) {
            join(rows, a, from, index, other, min, parents);
            long pairs = (long) a.dim(0) * Math.min(BLOCK, count - other);
            done += from == other ? (pairs + a.dim(0)) / 2 : pairs;
            progress.update(done, total);
          }
        }
      }
    }
    TreeMap<Integer, List<Integer>> groups = new TreeMap<>();
    for (int row = 0; row < count; row++) {
      groups.computeIfAbsent(root(parents, row), _ -> new ArrayList<>()).add(row);
    }
    Collection<List<Integer>> all = groups.values();
    return all.stream().filter(group -> group.size() > 1).toList();
  }

  /** index -> [BLOCK or fewer, width]: the rows from a given row on. */
  private static Tensor block(Scope scope, VectorIndex index, int from) {
    int rows = Math.min(BLOCK, index.size() - from);
    float[] values = new float[rows * index.width()];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(index.vector(from + i), 0, values, i * index.width(), index.width());
    }
    return scope.ops().of(values, rows, index.width());
  }

  private static void join(
      Scope rows, Tensor a, int from, VectorIndex index, int other, float min, int[] parents) {
    try (Scope product = rows.child("product")) {
      Tensor b = block(product, index, other);
      float[] cosines = product.ops().linear(a, b, null).toFloats();
      for (int i = 0; i < cosines.length; i++) {
        int x = from + i / b.dim(0);
        int y = other + i % b.dim(0);
        if (x < y && cosines[i] >= min) {
          int low = Math.min(root(parents, x), root(parents, y));
          parents[root(parents, x)] = low;
          parents[root(parents, y)] = low;
        }
      }
    }
  }

  /** The first row of a row's group so far, with path compression. */
  private static int root(int[] parents, int row) {
    int at = row;
    while (parents[at] != at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  }
}
