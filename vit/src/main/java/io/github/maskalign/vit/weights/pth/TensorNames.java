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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds the tensors of a file. Dicts and lists may be shared or contain themselves, so that few
 * bytes lead to very many paths: depth, steps and the total length of names are limited.
 */
final class TensorNames {

  /** Memory that a file may use beyond its size. */
  static final long SLACK = 1 << 20;

  private static final int MAX_DEPTH = 32;
  private static final int MAX_STEPS = 4_000_000;

  /** How much of a tuple becomes a name. */
  private static final int MAX_PARTS = 8;

  private static final int MAX_PART = 100;
  private static final String OTHER = "...";

  private final String description;
  private final long maxCharacters;
  private final Map<String, PthTensor> found = new LinkedHashMap<>();
  private final Map<String, Integer> repeated = new HashMap<>();
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
      case Dict table -> table.entries().forEach((key, item) -> visit(path, key, item, depth));
      case Sequence items -> {
        for (int i = 0; i < items.values().size(); i++) {
          visit(path, Int.of(i), items.values().get(i), depth);
        }
      }
      default -> {}
    }
  }

  private void visit(String path, PyValue key, PyValue value, int depth) {
    if (value instanceof PthTensor || value instanceof Dict || value instanceof Sequence) {
      String joined = path.isEmpty() ? word(key) : path + "." + word(key);
      characters += joined.length();
      if (characters > maxCharacters) {
        throw new FormatException(description + ": the names of its tensors are too long");
      }
      visit(joined, value, depth + 1);
    } else {
      steps++;
    }
  }

  /** Different keys may have the same text, such as 1 and "1": later ones get a number. */
  private void add(String path, PthTensor tensor) {
    if (found.putIfAbsent(path, tensor) != null) {
      int number = repeated.merge(path, 1, Integer::sum) + 1;
      add(path + "#" + number, tensor);
    }
  }

  private static String word(PyValue key) {
    return switch (key) {
      case Scalar scalar -> text(scalar);
      case Sequence items ->
          items.values().stream()
              .limit(MAX_PARTS)
              .map(TensorNames::part)
              .collect(
                  Collectors.joining(
                      ", ", "(", items.values().size() > MAX_PARTS ? ", ...)" : ")"));
      case PyValue.Global name -> name.value();
      default -> OTHER;
    };
  }

  /** Bounded, since few bytes may refer to a long text many times. */
  private static String part(PyValue value) {
    String text = value instanceof Scalar scalar ? text(scalar) : OTHER;
    return text.length() <= MAX_PART ? text : text.substring(0, MAX_PART) + "...";
  }

  private static String text(Scalar scalar) {
    return switch (scalar) {
      case Str text -> text.value();
      case Int whole -> whole.value().toString();
      case Float real -> String.valueOf(real.value());
      case Bool flag -> flag.value() ? "True" : "False";
      case None _ -> "None";
    };
  }
}
