package examples;

import examples.PictureSearch.ClassShare;
import io.github.maskalign.vit.search.VectorIndex.Match;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The pages of {@link SearchService}: they load nothing from other hosts. */
final class SearchPage {

  static final String STYLE = "/search.css";
  static final String SCRIPT = "/search.js";

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Nearest images</title>
      <link rel="stylesheet" href="/search.css">
      <script src="/search.js" defer></script>
      <header><h1><a href="/">Nearest images</a></h1>
      """;

  private static final String IMAGE_FORM =
      """
      <form id="look" action="/search" method="post" enctype="multipart/form-data">
        <label for="file">Drop an image here, paste one, or choose a file</label>
        <input id="file" type="file" name="picture" accept="image/*" required>
        <button>Search</button>
      </form>
      """;

  private static final String WORDS_FORM =
      """
      <form id="say" action="/words" role="search">
        <label for="words">Or describe what to find</label>
        <input id="words" type="search" name="q" value="%s" required>
        <button>Search</button>
      </form>
      """;

  private static final String PROGRESS = "<p id=\"progress\" role=\"status\"></p>\n";

  private final int size;
  private final boolean words;

  /** Pages of an index of so many images, which a network with or without texts searches. */
  SearchPage(int size, boolean words) {
    this.size = size;
    this.words = words;
  }

  /** A file that the pages load. */
  static byte[] resource(String path) {
    try (InputStream in = SearchPage.class.getResourceAsStream(path.substring(1))) {
      if (in == null) {
        throw new IllegalStateException("missing resource: " + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String form() {
    return page("", "");
  }

  String refusal(String message) {
    return page("", "<p class=\"refusal\" role=\"alert\">" + escaped(message) + "</p>\n");
  }

  /** The nearest of words. */
  String described(String query, List<Match> matches) {
    return page(query, nearest(matches));
  }

  /**
   * What is known about an image, and the nearest.
   *
   * @param name of the image
   * @param thumbnail of it, a PNG
   * @param attention of the network over it
   * @param classes of it; none if empty
   * @param source of the classes
   */
  String seen(
      String name,
      byte[] thumbnail,
      BufferedImage attention,
      List<ClassShare> classes,
      String source,
      List<Match> matches)
      throws IOException {
    StringBuilder body = new StringBuilder("<section class=\"seen\">\n");
    figure(body, name, thumbnail, name);
    figure(body, "Heat map of the attention", Thumbnail.png(attention), "Where the network looks");
    if (!classes.isEmpty()) {
      body.append("<div class=\"classes\"><h2>Classes</h2>\n<table>\n");
      for (ClassShare each : classes) {
        body.append(
            String.format(
                Locale.ROOT,
                "<tr><td>%s<td><meter value=\"%.4f\" aria-hidden=\"true\"></meter><td>%.1f %%%n",
                escaped(each.label()),
                each.share(),
                100 * each.share()));
      }
      body.append("</table>\n<p>").append(source).append("</p></div>\n");
    }
    return page("", body.append("</section>\n").append(nearest(matches)).toString());
  }

  private static void figure(StringBuilder body, String name, byte[] png, String caption) {
    body.append("<figure><img alt=\"")
        .append(escaped(name))
        .append("\" src=\"data:image/png;base64,")
        .append(Base64.getEncoder().encodeToString(png))
        .append("\"><figcaption>")
        .append(escaped(caption))
        .append("</figcaption></figure>\n");
  }

  private static String nearest(List<Match> matches) {
    StringBuilder body = new StringBuilder("<h2>Nearest</h2>\n<ol class=\"nearest\">\n");
    for (Match match : matches) {
      String name = escaped(match.name());
      body.append(
          String.format(
              Locale.ROOT,
              "<li><a href=\"/like/%1$d\"><img alt=\"\" loading=\"lazy\" src=\"/picture/%1$d\">"
                  + "<b>%2$.3f</b><small title=\"%3$s\">%4$s</small></a>%n",
              match.row(),
              match.score(),
              name,
              name.substring(name.lastIndexOf('/', name.lastIndexOf('/') - 1) + 1)));
    }
    return body.append("</ol>\n").toString();
  }

  private String page(String query, String results) {
    String intro =
        String.format(
            Locale.ROOT, "<p>The most similar of %,d images.</p></header>%n<main>%n", size);
    String ask = words ? String.format(Locale.ROOT, WORDS_FORM, escaped(query)) : "";
    return HEAD + intro + IMAGE_FORM + ask + PROGRESS + results + "</main>\n";
  }

  /** Escapes text for use between tags and in attributes. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
