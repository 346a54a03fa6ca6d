package peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The required values, and the measured ones next to them. */
final class Table {

  private Table() {}

  static List<Row> rows(Map<Group, List<Result>> results) {
    List<Row> rows = new ArrayList<>();
    results.forEach(
        (group, contests) -> {
          switch (group) {
            case PRODUCTS -> products(rows, contests);
            case KERNELS -> contests.forEach(result -> rows.add(kernel(result)));
            case TEACHER ->
                rows.add(Row.time("ViT-B/16 teacher, 197 tokens", contests.getFirst(), 0.95, 0.85));
            case EMBED_TORCH, EMBED_ONNX -> contests.forEach(result -> rows.add(embedder(result)));
            case STEP_S -> rows.add(step(contests.getFirst(), 0.75, 0.6));
            case STEP_TI, STEP_B -> rows.add(step(contests.getFirst(), 0.8, 0.65));
            case THREADS -> threads(rows, contests);
          }
        });
    return rows;
  }

  private static void products(List<Row> rows, List<Result> contests) {
    rows.add(Row.speeds("sgemm over OpenBLAS, speed", contests, 0.95, 1));
    for (Result result : contests) {
      rows.add(Row.speed("  " + result.name(), result, 0.88, 1, "OpenBLAS"));
    }
  }

  private static Row kernel(Result result) {
    String name = result.name();
    if (name.startsWith("attention forward")) {
      return Row.time(name, result, 0.8, 0.6);
    }
    if (name.startsWith("attention backward")) {
      return Row.time(name, result, 0.9, 0.7);
    }
    if (name.startsWith("AdamW")) {
      return Row.time(name, result, 0.4, 0.2);
    }
    return Row.time(name, result, 1, 0.7);
  }

  private static Row embedder(Result result) {
    String work = "Embedder, " + result.name();
    return result.name().startsWith("one")
        ? Row.time(work + ", time", result, 0.95, 0.8)
        : Row.speed(work + ", speed", result, 1, 1.2, "theirs");
  }

  private static Row step(Result result, double bar, double aim) {
    return Row.time(result.name() + " step, 60 tokens", result, bar, aim);
  }

  private static void threads(List<Row> rows, List<Result> contests) {
    List<Result> products =
        contests.stream().filter(r -> r.name().startsWith(ProductPeers.PREFIX)).toList();
    rows.add(Row.speeds("sgemm, 2 threads over 1, speed", products, 1.85, 1.95));
    for (Result result : contests) {
      if (!products.contains(result)) {
        String work = result.name() + " step, 2 threads over 1, speed";
        rows.add(Row.speed(work, result, 1.8, 1.9, "1 thread"));
      }
    }
  }

  static List<Row> memory(Map<String, Double> ours, Map<String, Double> theirs) {
    double mine = ours.get(Memory.RESIDENT);
    double peer = theirs.get(Memory.RESIDENT);
    String detail = "ours %.0f, theirs %.0f MB".formatted(mine / 1e6, peer / 1e6);
    return List.of(
        new Row("ViT-S/16 step, peak resident memory", mine / peer, 0.6, 0.4, false, detail),
        new Row(Memory.HEAP, ours.get(Memory.HEAP), 65536, 0, false, "after warm-up"),
        new Row(Memory.POOL_GROWTH, ours.get(Memory.POOL_GROWTH), 0, 0, false, ""));
  }
}
