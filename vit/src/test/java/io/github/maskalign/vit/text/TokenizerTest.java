package io.github.maskalign.vit.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TokenizerTest {

  private static final Map<String, Integer> IDS = TinyVocabulary.ids();
  private static final List<String> MERGES = TinyVocabulary.merges();
  private static final Tokenizer TOKENIZER = tokenizer(77);

  private static Tokenizer tokenizer(int context) {
    return new Tokenizer(Vocabulary.of("tiny", IDS, MERGES), context);
  }

  /** Checks the token names between start and end. */
  private static int[] ids(String... tokens) {
    List<Integer> ids = new ArrayList<>();
    ids.add(IDS.get("<|startoftext|>"));
    Arrays.stream(tokens).map(IDS::get).forEach(ids::add);
    ids.add(IDS.get("<|endoftext|>"));
    return ids.stream().mapToInt(id -> id).toArray();
  }

  private static void assertTokens(String text, String... tokens) {
    assertArrayEquals(ids(tokens), TOKENIZER.encode(text).ids(), text);
  }

  @Test
  void wordsBecomeTokens() {
    assertTokens("");
    assertTokens("a photo of a cat", "a</w>", "photo</w>", "of</w>", "a</w>", "cat</w>");
    assertTokens("  A\tPHOTO\n\u00a0of  ", "a</w>", "photo</w>", "of</w>");
    assertTokens("cat's 42...", "cat</w>", "'s</w>", "4</w>", "2</w>", "...</w>");
    assertTokens("dog,cat", "dog</w>", ",</w>", "cat</w>");
  }

  @Test
  void accentsAreComposedAndCaseIsFolded() {
    String naive = String.join("", TinyVocabulary.symbols("naïve"));
    assertTokens("nai\u0308ve", naive);
    assertTokens("NAÏVE", naive);
    assertArrayEquals(TOKENIZER.encode("σας").ids(), TOKENIZER.encode("Σας").ids());
    assertArrayEquals(TOKENIZER.encode("i\u0307").ids(), TOKENIZER.encode("İ").ids());
  }

  @Test
  void startAndEndInATextAreThemselves() {
    assertTokens("cat <|EndOfText|>", "cat</w>", "<|endoftext|>");
    assertTokens("...<|endoftext|>cat", "...</w>", "<|endoftext|>", "cat</w>");
  }

  @Test
  void whatDoesNotFitIsLeftOutAndCounted() {
    Tokenizer.Encoding tokens = tokenizer(5).encode("a photo of a cat");
    assertArrayEquals(ids("a</w>", "photo</w>", "of</w>"), tokens.ids());
    assertEquals(2, tokens.dropped());
    assertEquals(0, tokenizer(7).encode("a photo of a cat").dropped());
    assertThrows(ArgumentException.class, () -> tokenizer(1));
  }

  @Test
  void aWordOfAnyLengthTakesLittleTime() {
    assertTimeout(
        Duration.ofSeconds(10),
        () -> assertTrue(TOKENIZER.encode("cat".repeat(300_000)).dropped() > 0));
  }

  @Test
  void aVocabularyMustBeWhole() {
    for (String token : List.of("<|endoftext|>", "a</w>", "cat</w>")) {
      Map<String, Integer> fewer = new HashMap<>(IDS);
      fewer.remove(token);
      FormatException told =
          assertThrows(FormatException.class, () -> Vocabulary.of("tiny", fewer, MERGES));
      assertTrue(told.getMessage().contains(token), told.getMessage());
    }
    assertThrows(FormatException.class, () -> Vocabulary.of("tiny", IDS, List.of("a b c")));
  }

  @Test
  void symbolsHaveClipsOrder() {
    List<String> all = ByteSymbols.all();
    assertEquals(256, all.size());
    assertEquals("!", all.getFirst());
    // The word "a" is token 320 of CLIP: that of the byte, behind the 256 inside words.
    assertEquals(320 - 256, all.indexOf("a"));
    assertEquals(List.of("Ā", "Ń"), List.of(all.get(188), all.get(255)));
  }

  // ---- compared with a plain implementation ----

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> letters =
        Arbitraries.strings().withChars("aceghioprtsß'é漢字 .!?-0\u0308").ofMaxLength(40);
    Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(60);
    Arbitrary<String> points =
        Arbitraries.integers()
            .between(0, Character.MAX_CODE_POINT)
            .map(Character::toString)
            .list()
            .ofMaxSize(30)
            .map(list -> String.join("", list));
    return Arbitraries.oneOf(letters, any, points);
  }

  @Property(tries = 1000)
  void noTextCrashesAndAllTokensAreInBounds(@ForAll("texts") String text) {
    int[] ids = TOKENIZER.encode(text).ids();
    assertTrue(ids.length >= 2 && ids.length <= 77);
    assertEquals(IDS.get("<|startoftext|>"), ids[0]);
    assertEquals(IDS.get("<|endoftext|>"), ids[ids.length - 1]);
    assertTrue(Arrays.stream(ids).allMatch(id -> id >= 0 && id < IDS.size()));
  }

  @Property(tries = 1000)
  void aWordMergesAsByTheDefinition(@ForAll("texts") String text) {
    StringBuilder letters = new StringBuilder();
    text.toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(point -> point >= 'a' && point <= 'z' || point == 'ß' || point == '漢')
        .forEach(letters::appendCodePoint);
    String word = letters.toString();
    String[] expected = word.isEmpty() ? new String[0] : plain(word).toArray(String[]::new);
    assertArrayEquals(ids(expected), tokenizer(1000).encode(word).ids(), word);
  }

  /** Applies the first merge of the list that matches, at its first position, until none does. */
  private static List<String> plain(String word) {
    List<String> symbols = new ArrayList<>(TinyVocabulary.symbols(word));
    while (true) {
      int best = Integer.MAX_VALUE;
      int at = -1;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = MERGES.indexOf(symbols.get(i) + " " + symbols.get(i + 1));
        if (rank >= 0 && rank < best) {
          best = rank;
          at = i;
        }
      }
      if (at < 0) {
        return symbols;
      }
      symbols.set(at, symbols.get(at) + symbols.remove(at + 1));
    }
  }
}
