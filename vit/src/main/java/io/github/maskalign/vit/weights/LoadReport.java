package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.error.Printable;
import java.util.List;
import java.util.stream.Stream;

/**
 * The result of loading weights. Parameters are listed by their names here, unused tensors by their
 * names in the file.
 *
 * @param matched parameters loaded unchanged, apart from their element type
 * @param reshaped position tables resampled to another grid
 * @param missing parameters that the file lacks; their values are unchanged
 * @param mismatched parameters of another shape, with both shapes; their values are unchanged
 * @param unexpected tensors of the file that nothing uses, except those that the name map ignores
 * @since 0.1.0
 */
public record LoadReport(
    List<String> matched,
    List<String> reshaped,
    List<String> missing,
    List<String> mismatched,
    List<String> unexpected) {

  private static final int SHOWN = 4;

  /** Copies the lists. */
  public LoadReport {
    matched = List.copyOf(matched);
    reshaped = List.copyOf(reshaped);
    missing = List.copyOf(missing);
    mismatched = List.copyOf(mismatched);
    unexpected = List.copyOf(unexpected);
  }

  /** Whether every parameter was loaded and every tensor used. */
  public boolean complete() {
    return missing.isEmpty() && mismatched.isEmpty() && unexpected.isEmpty();
  }

  /**
   * The report on the other parameters.
   *
   * @param prefix of the names of parameters that are loaded or initialized otherwise
   */
  public LoadReport without(String prefix) {
    return new LoadReport(
        without(matched, prefix),
        without(reshaped, prefix),
        without(missing, prefix),
        without(mismatched, prefix),
        unexpected);
  }

  /**
   * With missing parameters that have been loaded otherwise among those that matched.
   *
   * @param prefix of their names
   */
  public LoadReport completed(String prefix) {
    List<String> loaded = missing.stream().filter(name -> name.startsWith(prefix)).toList();
    return new LoadReport(
        Stream.concat(matched.stream(), loaded.stream()).toList(),
        reshaped,
        without(missing, prefix),
        mismatched,
        unexpected);
  }

  private static List<String> without(List<String> names, String prefix) {
    return names.stream().filter(name -> !name.startsWith(prefix)).toList();
  }

  /** A summary in one line, with the first few names of each kind. */
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
   * A summary in lines, one per kind, with counts and names.
   *
   * @param shown maximum number of names per kind
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
    List<String> first = first(names, shown);
    String rest = shown > 0 && names.size() > shown ? ", ..." : "";
    return "%-16s  %5d  %s%s"
        .formatted(what, names.size(), String.join(", ", first), rest)
        .stripTrailing();
  }

  private static List<String> first(List<String> names, int count) {
    return names.stream().limit(count).map(Printable::line).toList();
  }

  private static void append(StringBuilder text, String what, List<String> names) {
    if (!names.isEmpty()) {
      String more = names.size() > SHOWN ? ", ..." : "";
      List<String> first = first(names, SHOWN);
      text.append(", %d %s (%s%s)".formatted(names.size(), what, String.join(", ", first), more));
    }
  }
}
