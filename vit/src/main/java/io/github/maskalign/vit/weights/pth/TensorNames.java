package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.pth.PyValue.Flag;
import io.github.maskalign.vit.weights.pth.PyValue.Items;
import io.github.maskalign.vit.weights.pth.PyValue.None;
import io.github.maskalign.vit.weights.pth.PyValue.Real;
import io.github.maskalign.vit.weights.pth.PyValue.Scalar;
import io.github.maskalign.vit.weights.pth.PyValue.Table;
import io.github.maskalign.vit.weights.pth.PyValue.Text;
import io.github.maskalign.vit.weights.pth.PyValue.Whole;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds the tensors in what a file holds. Dicts and lists may be shared, or hold themselves, so
 * that few bytes stand for very many paths: depth, steps and the length of all names are bounded.
 */
final class TensorNames {

  /** What a file may take beyond its own size. */
  static final long SLACK = 1 << 20;

  private static final int MAX_DEPTH = 32;
  private static final int MAX_STEPS = 4_000_000;

  private final String description;
  private final long maxCharacters;
  private final Map<String, PthTensor> found = new LinkedHashMap<>();
  private long characters;
  private int steps;

  private TensorNames(String description, long fileBytes) {
    this.description = description;
    this.maxCharacters = fileBytes + SLACK;
  }

  /** The tensors by path, in the order of the file. */
  static Map<String, PthTensor> of(String description, PyValue root, long fileBytes) {
    TensorNames names = new TensorNames(description, fileBytes);
    names.visit("", root, 0);
    return names.found;
  }

  private void visit(String path, PyValue value, int depth) {
    if (++steps > MAX_STEPS || depth > MAX_DEPTH) {
      throw new FormatException(description + ": its dicts and lists are nested too deeply");
    }
    switch (value) {
      case PthTensor tensor -> add(path, tensor);
      case Table table ->
          table.entries().forEach((key, item) -> visit(path, word(key), item, depth));
      case Items items -> {
        for (int i = 0; i < items.values().size(); i++) {
          visit(path, String.valueOf(i), items.values().get(i), depth);
        }
      }
      default -> {}
    }
  }

  private void visit(String path, String key, PyValue value, int depth) {
    if (value instanceof PthTensor || value instanceof Table || value instanceof Items) {
      String joined = path.isEmpty() ? key : path + "." + key;
      characters += joined.length();
      if (characters > maxCharacters) {
        throw new FormatException(description + ": the names of its tensors are too long");
      }
      visit(joined, value, depth + 1);
    } else {
      steps++;
    }
  }

  private void add(String path, PthTensor tensor) {
    if (found.put(path, tensor) != null) {
      throw new FormatException("%s: two tensors are called '%s'".formatted(description, path));
    }
  }

  private static String word(Scalar key) {
    return switch (key) {
      case Text text -> text.value();
      case Whole whole -> whole.value().toString();
      case Real real -> String.valueOf(real.value());
      case Flag flag -> String.valueOf(flag.value());
      case None _ -> "None";
    };
  }
}
