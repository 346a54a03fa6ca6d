package io.github.maskalign.vit.text.token.pipeline;

import java.text.Normalizer.Form;
import java.util.List;

/** text -> text, before it is split. Thread-safe. */
@FunctionalInterface
public interface Normalizer {

  /** Normalizes a text or a part of one. */
  String apply(String text);

  /** Changes nothing. */
  static Normalizer none() {
    return text -> text;
  }

  /** One after another. */
  static Normalizer sequence(List<Normalizer> steps) {
    List<Normalizer> all = List.copyOf(steps);
    return text -> {
      String result = text;
      for (Normalizer step : all) {
        result = step.apply(result);
      }
      return result;
    };
  }

  /** A normalization form of Unicode. */
  static Normalizer unicode(Form form) {
    return text -> java.text.Normalizer.normalize(text, form);
  }

  /** Lower case. */
  static Normalizer lowerCase() {
    return Characters::lowerCase;
  }

  /** White space, each run as one space. */
  static Normalizer collapseSpace() {
    return text -> Characters.collapse(text, Characters::isSpace);
  }

  /** Two or more spaces become one. */
  static Normalizer collapseBlanks() {
    return text -> Characters.collapse(text, c -> c == ' ');
  }

  /** Replaces each occurrence of a text. */
  static Normalizer replace(String pattern, String content) {
    return text -> text.replace(pattern, content);
  }

  /** Puts a text in front of one that is not empty. */
  static Normalizer prepend(String prefix) {
    return text -> text.isEmpty() ? text : prefix + text;
  }

  /** Strips white space. */
  static Normalizer strip(boolean left, boolean right) {
    return text -> {
      String rest = left ? Characters.stripStart(text, Characters::isSpace) : text;
      return right ? Characters.stripEnd(rest, Characters::isSpace) : rest;
    };
  }

  /** Removes combining marks. */
  static Normalizer stripAccents() {
    return text ->
        text.codePoints()
            .filter(c -> !Characters.isMark(c))
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }
}
