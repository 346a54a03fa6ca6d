package io.github.maskalign.vit.weights.family.text;

import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.PrefixChoice;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The names of a text tower in files.
 *
 * @param landmarks tensors that all files of these names have, the token embeddings first
 * @param map from parameters to tensors
 */
public record TextNames(List<String> landmarks, NameMap map) {

  /** Copies the list. */
  public TextNames {
    landmarks = List.copyOf(landmarks);
  }

  /**
   * The prefix of all names in a file, such as {@code module.}; empty if the file has none of this
   * tower.
   */
  public Optional<String> prefix(Set<String> names) {
    String first = landmarks.getFirst();
    List<String> prefixes =
        names.stream()
            .filter(name -> name.equals(first) || name.endsWith("." + first))
            .map(name -> name.substring(0, name.length() - first.length()))
            .filter(prefix -> landmarks.stream().allMatch(each -> names.contains(prefix + each)))
            .toList();
    return prefixes.isEmpty() ? Optional.empty() : Optional.of(PrefixChoice.best(prefixes));
  }
}
