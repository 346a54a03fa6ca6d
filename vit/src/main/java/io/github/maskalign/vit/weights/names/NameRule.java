package io.github.maskalign.vit.weights.names;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to find one parameter: alternatives, of which the first whose tensors all exist is used. An
 * alternative is names joined by {@code +}: {@code name[0-1/3]} is the first third of the rows of a
 * tensor, {@code name^T} a transposed matrix, {@code name^P} the patches of 3 colors whose matrix
 * has the color innermost, {@code zeros(name/3)} one zero per three rows of a tensor, and {@code
 * ?name} requires only that the tensor exists, and {@code /name} has no prefix. In the rule of a
 * layer, "weight" or "bias" is appended to each name, or replaces {@code %}.
 *
 * @since 0.1.0
 */
public record NameRule(List<String> alternatives) {

  private static final String TURNED = "^T";
  private static final String PATCHES = "^P";
  private static final Pattern ROWS = Pattern.compile("(.+)\\[(\\d)-(\\d)/(\\d)]");
  private static final Pattern ZEROS = Pattern.compile("zeros\\((.+)/(\\d)\\)");

  static NameRule of(String alternatives) {
    return new NameRule(Arrays.stream(alternatives.split("\\|")).map(String::strip).toList());
  }

  /**
   * The parts of the parameter.
   *
   * @param before prefix of all names, such as the path of a block
   * @param word {@code "weight"}, {@code "bias"} or empty
   */
  List<TensorPart> pieces(String before, String word, Set<String> names) {
    for (String alternative : alternatives) {
      if (parse(alternative, before, word).stream().allMatch(p -> names.contains(p.name()))) {
        return used(alternative, before, word);
      }
    }
    return used(likeliest(before, word, names), before, word);
  }

  /** Of incomplete alternatives the first of those with most tensors. */
  private String likeliest(String before, String word, Set<String> names) {
    String best = alternatives.getFirst();
    long most = 0;
    for (String alternative : alternatives) {
      long there =
          parse(alternative, before, word).stream().filter(p -> names.contains(p.name())).count();
      if (there > most) {
        best = alternative;
        most = there;
      }
    }
    return best;
  }

  private static List<TensorPart> used(String alternative, String before, String word) {
    String[] parts = alternative.split("\\+");
    return Arrays.stream(parts)
        .map(String::strip)
        .filter(part -> !part.startsWith("?"))
        .map(part -> piece(part, before, word))
        .toList();
  }

  private static List<TensorPart> parse(String alternative, String before, String word) {
    List<TensorPart> pieces = new ArrayList<>();
    for (String part : alternative.split("\\+")) {
      String text = part.strip();
      pieces.add(piece(text.startsWith("?") ? text.substring(1) : text, before, word));
    }
    return pieces;
  }

  private static TensorPart piece(String text, String before, String word) {
    Matcher rows = ROWS.matcher(text);
    Matcher zeros = ZEROS.matcher(text);
    if (zeros.matches()) {
      return new TensorPart.Zeros(at(before, full(zeros.group(1), word)), number(zeros, 2));
    }
    if (rows.matches()) {
      String name = at(before, full(rows.group(1), word));
      return new TensorPart.Rows(name, number(rows, 2), number(rows, 3), number(rows, 4));
    }
    if (text.endsWith(TURNED)) {
      String name = text.substring(0, text.length() - TURNED.length());
      return new TensorPart.Transposed(at(before, full(name, word)));
    }
    if (text.endsWith(PATCHES)) {
      String name = text.substring(0, text.length() - PATCHES.length());
      return new TensorPart.ColorPatches(at(before, full(name, word)));
    }
    return new TensorPart.Whole(at(before, full(text, word)));
  }

  private static String at(String before, String name) {
    return name.startsWith("/") ? name.substring(1) : before + name;
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  private static String full(String name, String word) {
    if (name.contains("%")) {
      return name.replace("%", word);
    }
    return word.isEmpty() ? name : name + "." + word;
  }
}
