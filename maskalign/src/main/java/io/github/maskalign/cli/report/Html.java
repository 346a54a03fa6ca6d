package io.github.maskalign.cli.report;

import java.util.Base64;
import java.util.Locale;

/** Parts of an HTML page; {@link #text} escapes text. */
final class Html {

  private Html() {}

  /** Escapes text. */
  static String text(String plain) {
    StringBuilder escaped = new StringBuilder(plain.length());
    for (char c : plain.toCharArray()) {
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /** An image embedded in the page. */
  static String image(byte[] png, String description) {
    return "<img src=\"data:image/png;base64,%s\" alt=\"%s\" title=\"%s\">"
        .formatted(Base64.getEncoder().encodeToString(png), text(description), text(description));
  }

  /** A section with a heading. */
  static String section(String title, String body) {
    return "<section><h2>%s</h2>%n%s</section>%n".formatted(text(title), body);
  }

  /** A paragraph of plain text. */
  static String note(String plain) {
    return "<p class=\"note\">%s</p>%n".formatted(text(plain));
  }

  /** A number on an axis, without trailing zeros. */
  static String tick(double value) {
    double near = Double.parseDouble(String.format(Locale.ROOT, "%.6g", value));
    // In decimal notation, like its neighbors on the axis.
    String plain =
        Math.abs(near) < 1e-3 && Math.abs(near) >= 1e-5
            ? String.format(Locale.ROOT, "%.8f", near)
            : number(near);
    return plain.contains(".") && !plain.contains("e") ? plain.replaceAll("\\.?0+$", "") : plain;
  }

  /** A number with four significant digits. */
  static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e9) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (size < 1e-3) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int decimals = (int) Math.max(0, 3 - Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
