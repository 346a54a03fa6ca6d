package peers.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Writes the table as GitHub Markdown. */
public final class Markdown {

  private static final String COLUMNS =
      "| work (ours / theirs) | counts | wall | CPU | required | desired | | marks | medians |";

  private static final List<String> LEGEND =
      List.of(
          "Ratios are medians over the JVMs of the medians of the rounds. With one thread the worse"
              + " of wall and CPU ratio counts, with several the wall ratio.",
          "CPU is processor time of all threads of a side's process. Sides alternate round by round"
              + " after a warm-up until the time of each has settled; rounds in which a JIT"
              + " compiler ran are repeated.",
          "OpenMP threads of the peers are passive (OMP_WAIT_POLICY, KMP_BLOCKTIME), since those"
              + " that spin take the cores of the other side. ONNX Runtime's threads spin, which is"
              + " its default and its lowest latency; each call comes after a pause in which they"
              + " stop.",
          "PyTorch: the faster of eager and torch.compile counts.");

  private Markdown() {}

  /**
   * The whole text.
   *
   * @param head of the machine and the software, by name
   * @param settings how it was measured
   * @param notes what was left out
   */
  public static String write(
      Map<String, String> head, String settings, List<Row> rows, List<String> notes) {
    List<String> lines = new ArrayList<>();
    lines.add("| | |");
    lines.add("|---|---|");
    head.forEach((name, value) -> lines.add("| %s | %s |".formatted(name, escaped(value))));
    lines.add("| Measured | %s |".formatted(settings));
    lines.add("");
    lines.add(COLUMNS);
    lines.add("|---|---|---|---|---|---|---|---|---|");
    rows.forEach(row -> lines.add(row.markdown()));
    lines.add("");
    notes.forEach(note -> lines.add("- " + note));
    LEGEND.forEach(line -> lines.add("- " + line));
    lines.add("- Marks: " + marks());
    return String.join("\n", lines) + "\n";
  }

  private static String escaped(String value) {
    return value.replace("|", "\\|");
  }

  private static String marks() {
    return String.join(
            "; ", Stream.of(Mark.values()).map(mark -> mark.name() + " " + mark.meaning()).toList())
        + ".";
  }
}
