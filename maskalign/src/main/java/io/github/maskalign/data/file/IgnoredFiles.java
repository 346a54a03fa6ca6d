package io.github.maskalign.data.file;

import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.DatasetNotes.Ignored;
import io.github.maskalign.data.DatasetNotes.Reason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Counts what a scan ignores, and keeps the first names in their order. */
public final class IgnoredFiles {
  private static final int KEPT = 20;

  private final Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
  private final Map<Reason, TreeSet<String>> names = new EnumMap<>(Reason.class);

  /** Counts a file or folder. */
  public void add(Reason reason, String name) {
    counts.merge(reason, 1, Integer::sum);
    TreeSet<String> kept = names.computeIfAbsent(reason, _ -> new TreeSet<>());
    kept.add(name);
    if (kept.size() > KEPT) {
      kept.pollLast();
    }
  }

  /** The notes of a set that was opened. */
  public DatasetNotes notes(String unlabeled) {
    return new DatasetNotes(
        counts.entrySet().stream()
            .map(
                entry ->
                    new Ignored(
                        entry.getKey(), entry.getValue(), List.copyOf(names.get(entry.getKey()))))
            .toList(),
        unlabeled);
  }

  /** For the message of a set in which everything is ignored; empty if there is nothing. */
  public String summary() {
    return counts.isEmpty() ? "" : "; " + notes("").ignoredFiles();
  }
}
