package io.github.maskalign.vectors.cases;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What results may differ by in addition to the manifest's tolerances.
 *
 * @param byName for each element of a result, by its name; nothing for others
 */
public record Slack(Map<String, double[]> byName) {

  /** The manifest's tolerances only. */
  public static Slack none() {
    return new Slack(Map.of());
  }

  double of(String name, int element) {
    double @Nullable [] all = byName.get(name);
    return all == null ? 0 : all[element];
  }
}
