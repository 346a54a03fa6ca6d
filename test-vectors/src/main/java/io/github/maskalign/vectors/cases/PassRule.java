package io.github.maskalign.vectors.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rule by which a computed tensor passes: {@code |got - expected| <= atol + rtol * |expected|}
 * for every element, with the exceptions below.
 *
 * @param atol absolute tolerance
 * @param rtol tolerance relative to the expected value
 * @param excluded rows of the first axis that are skipped
 * @param outliers fraction of the elements that may violate the rule
 * @param tight a smaller tolerance that most elements must meet, or null
 */
record PassRule(
    double atol, double rtol, List<Rows> excluded, double outliers, @Nullable Tight tight) {

  /** Rows {@code from <= row < to}. */
  record Rows(int from, int to) {}

  /** At least {@code fraction} of the elements must be within {@code atol}. */
  record Tight(double atol, double fraction) {}

  /** Equality within an absolute tolerance, without exceptions. */
  static PassRule within(double atol) {
    return new PassRule(atol, 0, List.of(), 0, null);
  }

  /** The rule of a tensor in a manifest, or null; integers may have to be {@code exact}. */
  static @Nullable PassRule parse(JsonNode spec) {
    if (spec.path("exact").asBoolean()) {
      return within(0);
    }
    if (!spec.has("atol") || !spec.has("rtol")) {
      return null;
    }
    List<Rows> excluded = new ArrayList<>();
    for (JsonNode range : spec.path("exclude_dim0")) {
      excluded.add(new Rows(range.get(0).intValue(), range.get(1).intValue()));
    }
    JsonNode tight = spec.get("tight");
    return new PassRule(
        spec.get("atol").doubleValue(),
        spec.get("rtol").doubleValue(),
        excluded,
        spec.path("outliers").doubleValue(),
        tight == null
            ? null
            : new Tight(tight.get("atol").doubleValue(), tight.get("fraction").doubleValue()));
  }

  /** Whether results must be equal to what is expected. */
  boolean isExact() {
    return atol == 0 && rtol == 0;
  }

  /** The elements that are skipped of a tensor. */
  BitSet excluded(int[] dims, int elements) {
    BitSet skipped = new BitSet();
    for (Rows rows : excluded) {
      int width = elements / dims[0];
      skipped.set(rows.from * width, rows.to * width);
    }
    return skipped;
  }
}
