package io.github.maskalign.vit.text.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares with Hugging Face's tokenizer on the same {@code tokenizer.json}. */
class TokenizerPeerTest {

  private static final int TEXTS = 5000;

  /** Inputs that once failed, or might. */
  private static final String[] PARTS = {
    "a photo of a cat",
    "Cats",
    " ",
    "  ",
    "\t",
    "\n",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\u0085",
    "\u2028",
    "\u001c",
    "'s",
    "'S",
    "'re",
    "'ll",
    "don't",
    "it's",
    "3",
    "12",
    "\u00bd",
    "\u2167",
    "\u0663",
    "\u00b2",
    "\u00e9",
    "e\u0301",
    "\u00c9T\u00c9",
    "na\u00efve",
    "\u0130",
    "I",
    "\u0131",
    "\u03a3",
    "\u03a3\u0391\u03a3",
    "\u00df",
    "\u1e9e",
    "\u017f",
    "\u6f22\u5b57",
    "\u3042",
    "\uff71",
    "\ud83d\ude42",
    "\ud83d\udc68\u200d\ud83d\udc69",
    "!?",
    "...",
    "-",
    "_",
    "@#",
    "<|endoftext|>",
    "<|startoftext|>",
    "<|EndOfText|>",
    "<|",
    "|>",
    "&amp;",
    "<br>",
    "\u0000",
    "\u007f",
    "\ufeff",
    "\ufffd",
    "\u01c5",
    "\ufb01",
    "\u212b",
    "\u2126",
    "\u0345",
    "\u0130x",
    "a\u0300\u0316",
    "\u0915\u094d\u0937\u093f",
    "\u05e9\u05c1",
    "\u0645\u0631",
    "\ud835\udc00",
    "\u1fbc",
    "\u24b6",
    "\u00aa",
    "\u02b0",
    "\u2173",
    "\u1c90"
  };

  @Test
  void textsBecomeTheSameTokens(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), TinyVocabulary.json());
    Tokenizer ours = Tokenizers.transformers(folder);
    Map<String, String> whole = Map.of("truncation", "false", "padding", "false");
    try (HuggingFaceTokenizer theirs = HuggingFaceTokenizer.newInstance(file, whole)) {
      Random random = new Random(1);
      for (int i = 0; i < TEXTS; i++) {
        String text = i < PARTS.length ? PARTS[i] : text(random);
        assertArrayEquals(
            theirs.encode(text).getIds(),
            Arrays.stream(ours.encode(text)).asLongStream().toArray(),
            () -> text + text.codePoints().mapToObj(Integer::toHexString).toList());
      }
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int part = 1 + random.nextInt(8); part > 0; part--) {
      switch (random.nextInt(4)) {
        case 0, 1 -> text.append(PARTS[random.nextInt(PARTS.length)]);
        case 2 -> text.append(' ');
        default -> text.appendCodePoint(character(random));
      }
    }
    return text.toString();
  }

  private static int character(Random random) {
    int found = random.nextInt(random.nextInt(3) == 0 ? 0x30000 : 0x600);
    return found >= 0xd800 && found < 0xe000 ? 'x' : found;
  }
}
