package examples;

import io.github.maskalign.cli.Command;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
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

/** Finds pictures that are nearly the same: all with all, as products of matrices. */
@CommandLine.Command(
    name = "duplicates",
    sortOptions = false,
    description =
        "Groups the pictures of an index that are nearly the same, whatever their size or format:"
            + " each is as near as you say to another one of its group. Shown is the cosine with"
            + " the first.")
public final class FindDuplicates implements Command {

  /** Rows of a product: a million cosines at once. */
  private static final int BLOCK = 1024;

  @Parameters(paramLabel = "INDEX", description = "Made by 'maskalign index'.")
  private Path file;

  @Option(
      names = "--least",
      paramLabel = "COSINE",
      defaultValue = "0.98",
      description =
          "From which cosine on two pictures are duplicates; look at what a value finds, since"
              + " networks differ (default: ${DEFAULT-VALUE}).")
  private float min;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public FindDuplicates() {}

  @Override
  public Integer call() {
    if (!(min > 0 && min <= 1)) {
      throw new IllegalArgumentException("--least: must be above 0 and at most 1, got " + min);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (VectorIndex index = VectorIndex.open(file)) {
      List<List<Integer>> groups = groups(index, min, spec.commandLine().getErr());
      for (List<Integer> group : groups) {
        float[] first = index.vector(group.getFirst());
        for (int row : group) {
          double cosine = CosineSimilarity.dot(first, index.vector(row));
          out.println(String.format(Locale.ROOT, "%.4f  %s", cosine, index.name(row)));
        }
        out.println();
      }
      out.printf("%,d groups among %,d pictures%n", groups.size(), index.size());
    }
    return 0;
  }

  /** The groups of two rows and more, in the order of their first rows. */
  static List<List<Integer>> groups(VectorIndex index, float min, PrintWriter messages) {
    int count = index.size();
    int[] parents = IntStream.range(0, count).toArray();
    Progress progress = new Progress(messages, "pairs", (long) count * (count + 1) / 2);
    try (Backends.Choice choice = Backends.open(Backends.AUTO, BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "duplicates")) {
      for (int from = 0; from < count; from += BLOCK) {
        try (Scope rows = scope.child("rows")) {
          Tensor a = block(rows, index, from);
          for (int other = from; other < count; other += BLOCK) {
            join(rows, a, from, index, other, min, parents);
            long pairs = (long) a.dim(0) * Math.min(BLOCK, count - other);
            progress.add(from == other ? (pairs + a.dim(0)) / 2 : pairs);
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

  /** index -> [up to BLOCK, width] from a row on. */
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

  /** The first row of a row's group, so far; what is passed on the way is shortened. */
  private static int root(int[] parents, int row) {
    int at = row;
    while (parents[at] != at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  }
}
