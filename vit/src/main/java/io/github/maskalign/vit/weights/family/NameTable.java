package io.github.maskalign.vit.weights.family;

import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.NameRules;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names of a family in one kind of file; see {@link NameRules} for the syntax of rules.
 *
 * @param title for messages
 * @param landmark a tensor by which such files are recognized
 * @param rules from parameters to tensors
 * @since 0.1.0
 */
public record NameTable(String title, String landmark, NameMap rules) implements NameMap {

  /**
   * A table of rules.
   *
   * @param prefix of all names but those that start with a slash
   * @param ignored patterns of tensors that images do not need, separated by {@code |}
   * @param blocks prefix of the names of blocks, before their number, below the other prefix
   */
  static NameTable of(
      String title,
      String landmark,
      String prefix,
      String ignored,
      String blocks,
      Map<String, String> whole,
      Map<String, String> inBlock) {
    return new NameTable(
        title, prefix + landmark, NameRules.of(ignored, prefix, blocks, whole, inBlock));
  }

  /** Whether a name is the landmark, after any prefix. */
  boolean ends(String name) {
    return name.equals(landmark) || name.endsWith("." + landmark);
  }

  @Override
  public List<TensorPart> sources(String parameter, Set<String> names) {
    return rules.sources(parameter, names);
  }

  @Override
  public boolean ignores(String name) {
    return rules.ignores(name);
  }
}
