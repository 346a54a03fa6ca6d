package examples;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the uploaded file of a browser form (multipart/form-data, RFC 7578). */
final class FormFile {

  /** Name of the form field. */
  static final String FIELD = "picture";

  private static final Pattern BOUNDARY =
      Pattern.compile("multipart/form-data;.*boundary=\"?([^\";,\\s]{1,70})\"?.*");

  private static final String GAP = "\r\n\r\n";

  private FormFile() {}

  /**
   * The bytes of the file.
   *
   * @throws Refusal if the body is not such a form or has no file
   */
  static byte[] of(byte[] body, @Nullable String contentType) {
    Matcher type = BOUNDARY.matcher(contentType == null ? "" : contentType);
    if (!type.matches()) {
      throw new Refusal(415, "Expected a form upload; programs should use /api/search.");
    }
    String mark = "--" + type.group(1);
    // One character per byte, so that offsets in the text are offsets in the body.
    String text = new String(body, StandardCharsets.ISO_8859_1);
    int part = text.indexOf(mark);
    while (part >= 0) {
      int head = text.indexOf(GAP, part);
      int end = text.indexOf("\r\n" + mark, part + mark.length());
      if (head < 0 || end < head + GAP.length()) {
        break;
      }
      if (text.substring(part, head).contains("name=\"" + FIELD + "\"")) {
        return Arrays.copyOfRange(body, head + GAP.length(), end);
      }
      part = end + 2;
    }
    throw new Refusal(400, "The form has no image; choose one.");
  }
}
