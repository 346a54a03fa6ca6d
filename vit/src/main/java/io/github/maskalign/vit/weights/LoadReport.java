package io.github.maskalign.vit.weights;

import java.util.List;

/**
 * What loading did. Parameters are called by our names, leftovers by the file's.
 *
 * @param matched parameters loaded as they were, apart from their element type
 * @param reshaped position tables loaded after resampling them for another grid
 * @param missing parameters that the file does not have; their values are unchanged
 * @param mismatched parameters of another shape, with both shapes; their values are unchanged
 * @param unexpected tensors of the file that nothing uses, other than those the name map knows to
 *     be of no use
 * @since 0.1.0
 */
public record LoadReport(
    List<String> matched,
    List<String> reshaped,
    List<String> missing,
    List<String> mismatched,
    List<String> unexpected) {

  private static final int SHOWN = 4;

  /** Keeps its own copies of the lists. */
  public LoadReport {
    matched = List.copyOf(matched);
    reshaped = List.copyOf(reshaped);
    missing = List.copyOf(missing);
    mismatched = List.copyOf(mismatched);
    unexpected = List.copyOf(unexpected);
  }

  /** Whether every parameter was loaded and nothing was left over. */
  public boolean complete() {
    return missing.isEmpty() && mismatched.isEmpty() && unexpected.isEmpty();
  }

  /** One line for people, with the first few names of each kind. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(matched.size() + " matched");
    append(text, "reshaped", reshaped);
    append(text, "missing", missing);
    append(text, "of another shape", mismatched);
    append(text, "unexpected", unexpected);
    return text.toString();
  }

  /**
   * Lines for people, one for each kind, with names beside the number.
   *
   * @param shown how many names of a kind at most
   */
  public List<String> lines(int shown) {
    return List.of(
        line("matched", matched, 0),
        line("reshaped", reshaped, shown),
        line("missing", missing, shown),
        line("of another shape", mismatched, shown),
        line("unexpected", unexpected, shown));
  }

  private static String line(String what, List<String> names, int shown) {
    List<String> first = names.subList(0, Math.min(shown, names.size()));
    String rest = shown > 0 && names.size() > shown ? ", ..." : "";
    return "%-16s  %5d  %s%s"
        .formatted(what, names.size(), String.join(", ", first), rest)
        .stripTrailing();
  }

  private static void append(StringBuilder text, String what, List<String> names) {
    if (!names.isEmpty()) {
      String more = names.size() > SHOWN ? ", ..." : "";
      List<String> first = names.subList(0, Math.min(SHOWN, names.size()));
      text.append(", %d %s (%s%s)".formatted(names.size(), what, String.join(", ", first), more));
    }
  }
}
