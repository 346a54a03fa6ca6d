package peers.table;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import peers.contest.Load;
import peers.contest.Median;
import peers.fork.Group;
import peers.python.PyTorch;
import peers.work.ColdSteps;
import peers.work.Memory;
import peers.work.ProductPeers;

/**
 * The rows, and the only place that has the required and desired values.
 *
 * @param intel whether the processor is one on which MKL uses AVX-512 as installed
 */
public record Table(boolean intel) {

  /** Rows of the contests, in the order of the groups. */
  public List<Row> rows(Map<Group, List<Comparison>> results) {
    List<Row> rows = new ArrayList<>();
    results.forEach((group, contests) -> rows.addAll(rows(group, contests)));
    return rows;
  }

  private List<Row> rows(Group group, List<Comparison> contests) {
    return switch (group) {
      case PRODUCTS -> products(contests);
      case KERNELS -> each(contests, c -> Row.time(over(c, c.name()), c, kernel(c.name())));
      case TEACHER ->
          each(
              contests,
              c -> Row.time(over(c, c.name() + ", 197 tokens, batch 4"), c, Bar.atMost(0.9, 0.8)));
      case STEP_TI, STEP_S, STEP_B ->
          each(
              contests,
              c ->
                  Row.time(
                      over(c, c.name() + " step, 60 tokens, batch 8"), c, Bar.atMost(0.8, 0.65)));
      case THREADS -> threads(contests);
      case WHOLE_S_1, WHOLE_S_2 -> whole(contests, Bar.atMost(0.85, 0.75));
      case WHOLE_B_1, WHOLE_B_2 -> whole(contests, Bar.atMost(0.9, 0.75));
      case PYTORCH_1, PYTORCH_2 -> pytorch(contests);
      case BF16_1, BF16_2 -> bf16(contests);
      case BF16_EMBED ->
          each(
              contests,
              c ->
                  Row.speed(
                      "Embedder, ViT-B/16, 2 threads, %s, BF16 over F32, speed".formatted(c.name()),
                      c,
                      Bar.atLeast(1.7, 1.9)));
      case EMBED_TORCH, EMBED_ONNX -> each(contests, Table::embedder);
    };
  }

  private static List<Row> each(List<Comparison> contests, Function<Comparison, Row> row) {
    return contests.stream().map(row).toList();
  }

  private static String over(Comparison comparison, String work) {
    return work + " over " + comparison.peers().getFirst() + ", time";
  }

  private static List<Row> products(List<Comparison> contests) {
    List<Row> rows = new ArrayList<>();
    rows.add(Row.meanSpeed("sgemm over OpenBLAS, speed", contests, Bar.atLeast(1, 1.05)));
    contests.forEach(
        c -> rows.add(Row.speed(c.name() + ", speed", c, Bar.atLeast(0.93, Double.NaN))));
    return rows;
  }

  private static Bar kernel(String name) {
    if (name.startsWith("attention forward")) {
      return Bar.atMost(name.contains("197") ? 0.7 : 0.8, 0.6);
    }
    if (name.startsWith("attention backward")) {
      return Bar.atMost(0.9, 0.7);
    }
    if (name.startsWith("AdamW")) {
      return Bar.atMost(0.4, 0.2);
    }
    return Bar.atMost(0.95, 0.7);
  }

  private static List<Row> threads(List<Comparison> contests) {
    Predicate<Comparison> product = c -> c.name().startsWith(ProductPeers.PREFIX);
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.meanSpeed(
            "sgemm, 2 threads over 1, speed",
            contests.stream().filter(product).toList(),
            Bar.atLeast(1.85, 1.95)));
    contests.stream()
        .filter(product.negate())
        .map(c -> Row.speed(c.name() + " step, 2 threads over 1, speed", c, Bar.atLeast(1.8, 1.9)))
        .forEach(rows::add);
    return rows;
  }

  /** The better of eager and compiled counts, since each is what some users run. */
  private List<Row> whole(List<Comparison> contests, Bar avx512) {
    Bar installed = intel ? Bar.atMost(0.85, 0.7) : Bar.atMost(0.5, 0.4);
    List<Row> rows = new ArrayList<>();
    for (Comparison c : contests) {
      rows.addAll(besidePyTorch("whole MaskAlign step, " + c.name(), c, installed, avx512));
    }
    return rows;
  }

  private static List<Row> pytorch(List<Comparison> contests) {
    List<Row> rows = new ArrayList<>();
    contests.forEach(c -> rows.addAll(besidePyTorch(c.name(), c, Bar.NONE, Bar.NONE)));
    return rows;
  }

  private static List<Row> bf16(List<Comparison> contests) {
    List<Row> rows = new ArrayList<>();
    for (Comparison c : contests) {
      Bar bar = bf16(c.name(), c.threads());
      rows.addAll(besidePyTorch("BF16, as PyTorch's autocast: " + c.name(), c, bar, bar));
    }
    return rows;
  }

  private static Bar bf16(String work, int threads) {
    if (work.startsWith("whole")) {
      return Bar.atMost(1, 0.8);
    }
    if (threads > 1) {
      return Bar.atMost(0.85, 0.7);
    }
    return work.endsWith("1 image") ? Bar.atMost(0.75, 0.6) : Bar.atMost(0.8, 0.65);
  }

  private static List<Row> besidePyTorch(String work, Comparison c, Bar installed, Bar avx512) {
    List<Row> rows = new ArrayList<>();
    String name = work + (c.threads() == 1 ? ", 1 thread" : ", " + c.threads() + " threads");
    Predicate<String> preloaded = side -> side.endsWith(PyTorch.AVX512);
    for (Predicate<String> kind : List.of(preloaded.negate(), preloaded)) {
      List<Integer> peers =
          IntStream.range(0, c.peers().size())
              .filter(i -> kind.test(c.peers().get(i)))
              .boxed()
              .toList();
      if (!peers.isEmpty()) {
        boolean asInstalled = kind != preloaded;
        rows.add(
            Row.time(
                name + ", over PyTorch " + (asInstalled ? "as installed" : "with MKL's AVX-512"),
                c,
                peers,
                asInstalled ? installed : avx512));
      }
    }
    return rows;
  }

  private static Row embedder(Comparison c) {
    return c.name().startsWith("one")
        ? Row.time(over(c, "Embedder, ViT-B/16, 2 threads, " + c.name()), c, Bar.atMost(0.9, 0.8))
        : Row.speed(
            "Embedder, ViT-B/16, 2 threads, %s over %s, speed"
                .formatted(c.name(), c.peers().getFirst()),
            c,
            Bar.atLeast(1.1, 1.3));
  }

  /**
   * Memory of a ViT-S step.
   *
   * @param ours figures of {@link Memory}
   * @param theirs figures of {@link Memory}
   */
  public static List<Row> memory(Map<String, Double> ours, Map<String, Double> theirs) {
    double mine = ours.get(Memory.RESIDENT);
    double peer = theirs.get(Memory.RESIDENT);
    String detail =
        String.format(Locale.ROOT, "ours %.0f, libtorch %.0f MB", mine / 1e6, peer / 1e6);
    Set<Mark> none = EnumSet.noneOf(Mark.class);
    return List.of(
        Row.amount(
            "ViT-S/16 step, peak resident memory over libtorch's",
            mine / peer,
            Bar.atMost(0.6, 0.45),
            none,
            detail),
        Row.amount(
            "ViT-S/16 step, bytes of Java objects, steady",
            ours.get(Memory.HEAP),
            Bar.atMost(65535, 0),
            none,
            ""),
        Row.amount(
            "ViT-S/16 step, growth of the memory pool, bytes, steady",
            ours.get(Memory.POOL_GROWTH),
            Bar.atMost(0, 0),
            none,
            ""));
  }

  /**
   * Start of training in a new JVM.
   *
   * @param student its name
   * @param runs times of the steps, one array per JVM
   * @param load of the machine meanwhile
   */
  public static Row coldSteps(String student, List<double[]> runs, Load load) {
    double[] settled = runs.stream().mapToDouble(ColdSteps::settledAt).toArray();
    String first =
        IntStream.range(0, 4)
            .mapToObj(i -> seconds(runs.stream().mapToDouble(run -> run[i]).toArray()))
            .reduce((a, b) -> a + " " + b)
            .orElseThrow();
    String steady = seconds(runs.stream().mapToDouble(ColdSteps::steady).toArray());
    return Row.amount(
        "whole MaskAlign step, %s, 2 threads, first step within 10 %% of the steady one, cold JVM"
            .formatted(student),
        Median.of(settled),
        Bar.atMost(3, 2),
        Mark.of(load),
        "steps 1 to 4: %s s, steady %s s".formatted(first, steady));
  }

  private static String seconds(double[] nanos) {
    return String.format(Locale.ROOT, "%.2f", Median.of(nanos) / 1e9);
  }

  /**
   * Start of an embedder.
   *
   * @param seconds by name, see {@link peers.work.StartUp}
   * @param load of the machine meanwhile
   */
  public static List<Row> startUp(Map<String, Double> seconds, Load load) {
    List<Row> rows = new ArrayList<>();
    seconds.forEach(
        (name, time) ->
            rows.add(
                Row.amount(
                    "start of Java to first embedding, ViT-B/16, 2 threads, " + name + ", seconds",
                    time,
                    Bar.atMost(name.startsWith("without") ? 2.5 : 2.0, 1.5),
                    Mark.of(load),
                    "")));
    return rows;
  }
}
