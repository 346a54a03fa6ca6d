package io.github.maskalign.tensor.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Names that a wrong one may have been meant for, for messages.
 *
 * @since 0.1.0
 */
public final class NearestName {

  /** A name is close if at most one in so many of its characters is wrong. */
  private static final int CHARACTERS_PER_ERROR = 3;

  private NearestName() {}

  /** The nearest of some names, of which there is one at least. */
  public static String of(Collection<String> names, String wrong) {
    return names.stream().min(Comparator.comparingInt(name -> distance(name, wrong))).orElseThrow();
  }

  /** The names that are close, the nearest first. */
  public static List<String> close(Collection<String> names, String wrong) {
    return names.stream()
        .filter(name -> distance(name, wrong) * CHARACTERS_PER_ERROR <= name.length())
        .sorted(Comparator.comparingInt(name -> distance(name, wrong)))
        .toList();
  }

  /** Levenshtein distance: the number of characters to change, insert or delete. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
