package io.github.maskalign.cli;

import io.github.maskalign.tensor.error.Printable;

/** Arguments that Java could not decode: it uses the encoding of the locale, before any program. */
final class Arguments {
  private static final char LOST = '\ufffd';

  private Arguments() {}

  /**
   * What to do about the first argument with lost characters; empty if there is none.
   *
   * @param encoding of the locale
   */
  static String advice(String[] args, String encoding) {
    for (String arg : args) {
      if (arg.indexOf(LOST) >= 0) {
        return "the argument %s has characters that are not in the encoding of the locale, %s: %s"
            .formatted(
                Printable.line(arg),
                encoding,
                encoding.equalsIgnoreCase("UTF-8")
                    ? "change to the folder and use a relative path, or rename it"
                    : "set LC_ALL=C.UTF-8");
      }
    }
    return "";
  }
}
