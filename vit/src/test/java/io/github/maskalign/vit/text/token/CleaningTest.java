package io.github.maskalign.vit.text.token;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results of ftfy 6.3.1 and Python's {@code html.unescape}. */
class CleaningTest {

  /** A dash that was decoded twice: its quote must not become straight in between. */
  @Test
  void whatWasDecodedTwiceIsRepairedBeforeItsQuotes() {
    String once = "it\u00e2\u20ac\u2122s hot\u00e2\u20ac\u201dcold";
    String twice =
        new String(once.getBytes(StandardCharsets.UTF_8), Charset.forName("windows-1252"))
            .replace('\ufffd', '\u009d');
    assertEquals("it's hot\u2014cold", Cleaning.WHITESPACE.apply(once));
    assertEquals("it's hot\u2014cold", Cleaning.WHITESPACE.apply(twice));
  }

  /** Control characters that were meant to be those of Windows-1252, beside repaired text. */
  @Test
  void controlCharactersAreMappedBesideRepairedText() {
    assertEquals("\u2026'q' \u00e9", Cleaning.WHITESPACE.apply("\u0085\u0091q\u0092 \u00c3\u00a9"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "caf\u00c3\u00a9 na\u00c3\u00afve|caf\u00e9 na\u00efve",
        "it\u00e2\u20ac\u2122s \u00e2\u20ac\u0153fine\u00e2\u20ac\u009d|it's \"fine\"",
        "\u00c3\u00bcber sch\u00f6ne Gr\u00fc\u00dfe|\u00fcber sch\u00f6ne Gr\u00fc\u00dfe",
        "S\u00c3\u0192\u00c2\u00a3o Paulo|S\u00e3o Paulo",
        "\u00f0\u0178\u02dc\u20ac smile|\ud83d\ude00 smile",
        "caf\u00c3\u00a9 plain|caf\u00e9 plain",
        "caf\u221a\u00a9 plain|caf\u00e9 plain",
        "\u00d0\u0178\u00d1\u20ac\u00d0\u00b8 \u043c\u0438\u0440|\u041f\u0440\u0438 \u043c\u0438\u0440",
        "\u00c3\u0085\u00c3\u0084 \u00c3\u00a5 \u00c5|\u00c5\u00c4 \u00e5 \u00c5",
        "voil\u00c3 le travail|voil\u00e0 le travail",
        "\ufb01ne \uff26\uff55\uff4c\uff4c \uff76\uff9e|fine Full \u30ac",
        "\u201cx\u201d \u2018y\u2019|\"x\" 'y'",
        "a\u001b[31mred\u001b[0m|ared",
        "&amp;amp;lt; &eacute; &NTILDE; &copy &#128; &#0;|< \u00e9 \u00d1 \u00a9 \u20ac \ufffd",
        "&notit; &notanentity;|\u00acit; \u00acanentity;",
        "<b> &amp;amp;amp;|<b> &amp;",
        "tabs\u000band|tabsand",
        "a\ud800b|a\ufffdb",
      })
  void textsAreRepaired(String text, String expected) {
    assertEquals(expected, Cleaning.WHITESPACE.apply(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00e9t\u00e9\u2026\u00bb", "MARQU\u00c9\u2026", "CAF\u00c9\u2122",
            "na\u00efve r\u00e9sum\u00e9",
        "IRM\u00c3\u00bb", "\u043f\u0440\u0438\u0432\u0435\u0442\u2026\u00bb", "\u00a9 2020",
            "\u4e00\u5f20\u732b"
      })
  void ordinaryTextsStay(String text) {
    assertEquals(text, Cleaning.WHITESPACE.apply(text));
  }

  @ParameterizedTest
  @CsvSource({
    "WHITESPACE,A_b  C-d!,A_b C-d!",
    "LOWER,A_b  C-d!,a_b c-d!",
    "CANONICALIZE,A_b  C-d!,a b cd"
  })
  void theKindsDiffer(Cleaning cleaning, String text, String expected) {
    assertEquals(expected, cleaning.apply(text));
  }
}
