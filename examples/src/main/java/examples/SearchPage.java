package examples;

import io.github.maskalign.vit.search.VectorIndex.Match;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The pages that {@link SearchService} shows. They need nothing from elsewhere, no script too. */
final class SearchPage {

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Nearest pictures</title>
      <style>
        :root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47);
          --soft: light-dark(#5f6672, #9aa2ae); --card: light-dark(#fff, #1f2329);
          --strong: light-dark(#2457c5, #7ea6ff); }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
          padding: 0 1rem; background: light-dark(#f5f6f8, #15181c);
          color: light-dark(#1b1e23, #e6e8eb); }
        h1 { font-size: 1.4rem; margin: 0; } p { color: var(--soft); margin: .2rem 0 1.2rem; }
        form, .query, li { background: var(--card); border: 1px solid var(--line);
          border-radius: .6rem; }
        form { display: flex; flex-wrap: wrap; gap: .8rem; padding: 1rem; align-items: center; }
        input { flex: 1; font: inherit; min-width: 12rem; }
        button { font: inherit; padding: .4rem 1.2rem; border: 0; border-radius: .4rem;
          background: var(--strong); color: light-dark(#fff, #10131a); cursor: pointer; }
        img { width: 100%; aspect-ratio: 1; object-fit: contain; display: block;
          border-radius: .4rem; background: #0002; }
        .query { width: 11rem; padding: .6rem; margin: 1.2rem 0; }
        ol { list-style: none; padding: 0; display: grid; gap: .8rem;
          grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
        li { padding: .6rem; } b { color: var(--strong); font-variant-numeric: tabular-nums; }
        small { color: var(--soft); display: block; overflow: hidden; text-overflow: ellipsis;
          white-space: nowrap; }
        .refusal { color: light-dark(#a3261b, #ff9d92); }
      </style>
      <h1>Nearest pictures</h1>
      """;

  private static final String FORM =
      """
      <form action="/search" method="post" enctype="multipart/form-data">
        <input type="file" name="picture" accept="image/*" required aria-label="Picture">
        <button>Search</button>
      </form>
      """;

  private SearchPage() {}

  static String form(int pictures) {
    return PAGE + intro(pictures) + FORM;
  }

  private static String intro(int pictures) {
    return String.format(
        Locale.ROOT, "<p>Give a picture; the most similar of %,d are shown.</p>%n", pictures);
  }

  static String results(int pictures, byte[] query, List<Match> matches) {
    StringBuilder page = new StringBuilder(form(pictures));
    page.append("<div class=query><img alt='Your picture' src='data:image/png;base64,")
        .append(Base64.getEncoder().encodeToString(query))
        .append("'><small>Your picture</small></div>\n<ol>\n");
    for (Match match : matches) {
      String name = escaped(match.name());
      page.append(
          String.format(
              Locale.ROOT,
              "<li><img alt='' src='/picture/%d'><b>%.3f</b><small" + " title='%s'>%s</small>%n",
              match.row(),
              match.score(),
              name,
              name.substring(name.lastIndexOf('/', name.lastIndexOf('/') - 1) + 1)));
    }
    return page.append("</ol>\n").toString();
  }

  static String refusal(String message) {
    return PAGE + "<p class=refusal>" + escaped(message) + "</p>\n" + FORM;
  }

  /** Text that is safe between tags and in attributes. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
