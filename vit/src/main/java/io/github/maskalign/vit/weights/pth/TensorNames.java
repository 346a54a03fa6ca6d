package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.pth.PyValue.Bool;
import io.github.maskalign.vit.weights.pth.PyValue.Dict;
import io.github.maskalign.vit.weights.pth.PyValue.Float;
import io.github.maskalign.vit.weights.pth.PyValue.Int;
import io.github.maskalign.vit.weights.pth.PyValue.None;
import io.github.maskalign.vit.weights.pth.PyValue.Scalar;
import io.github.maskalign.vit.weights.pth.PyValue.Sequence;
import io.github.maskalign.vit.weights.pth.PyValue.Str;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds the tensors of a file. Dicts and lists may be shared or contain themselves, so that few
 * bytes lead to very many paths: depth, steps and the total length of names are limited.
 */
final class TensorNames {

  /** Memory that a file may use beyond its size. */
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
      case Dict table ->
          table.entries().forEach((key, item) -> visit(path, word(key), item, depth));
      case Sequence items -> {
        for (int i = 0; i < items.values().size(); i++) {
          visit(path, String.valueOf(i), items.values().get(i), depth);
        }
      }
      default -> {}
    }
  }

  private void visit(String path, String key, PyValue value, int depth) {
    if (value instanceof PthTensor || value instanceof Dict || value instanceof Sequence) {
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
      throw new FormatException("%s: two tensors are named '%s'".formatted(description, path));
    }
  }

  private static String word(Scalar key) {
    return switch (key) {
      case Str text -> text.value();
      case Int whole -> whole.value().toString();
      case Float real -> String.valueOf(real.value());
      case Bool flag -> String.valueOf(flag.value());
      case None _ -> "None";
    };
  }
}
