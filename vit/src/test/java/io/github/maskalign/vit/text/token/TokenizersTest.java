package io.github.maskalign.vit.text.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.protobuf.Message;
import io.github.maskalign.vit.text.token.Tokenizer.Encoding;
import io.github.maskalign.vit.text.token.TokenizerSettings.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizersTest {

  @TempDir private Path folder;

  private static String tokens(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text)).mapToObj(tokenizer::token).toList().toString();
  }

  private Tokenizer read() {
    return Tokenizers.transformers(folder);
  }

  private Tokenizer openClip(Cleaning cleaning, String... special) {
    return Tokenizers.openClip(folder, OpenClipOptions.own(cleaning, 77, List.of(special)));
  }

  @Test
  void clipComposesLowersAndSplits() throws IOException {
    TinyFolders.clip(folder);
    Tokenizer clip = read();
    assertEquals(
        "[<|startoftext|>, a</w>, photo</w>, 's</w>, 4</w>, 2</w>, ...</w>, <|endoftext|>]",
        tokens(clip, " A\tPhoto's  42..."));
    assertArrayEquals(clip.encode("na\u00efve"), clip.encode("nai\u0308ve"));
    assertEquals(
        "[<|startoftext|>, a</w>, <|endoftext|>, cat</w>, <|endoftext|>]",
        tokens(clip, "a<|endoftext|> cat"));
    int[] ids = clip.encode("a cat");
    assertEquals("<|startoftext|>a cat <|endoftext|>", clip.decode(ids, false));
    assertEquals("a cat", clip.decode(ids, true));
  }

  @Test
  void bothFormsOfClipsFilesAgree() throws IOException {
    Tokenizer plain = Tokenizers.transformers(TinyFolders.clip(folder.resolve("plain")));
    Path other = Files.createDirectories(folder.resolve("json"));
    Files.writeString(other.resolve("tokenizer.json"), TinyVocabulary.json());
    Tokenizer file = Tokenizers.transformers(other);
    for (String text : List.of("", "A cat, dogs!", "there's \u00e9t\u00e9 42", "x\u6f22\u5b57")) {
      assertArrayEquals(plain.encode(text), file.encode(text), text);
    }
    assertEquals(plain.settings().end(), file.settings().end());
  }

  @Test
  void openClipCleansAndKnowsOtherSpecialTokens() throws IOException {
    TinyFolders.clip(folder);
    Tokenizer clip = openClip(Cleaning.LOWER, "<tag>");
    int end = TinyVocabulary.ids().get("<|endoftext|>");
    assertArrayEquals(
        new int[] {end - 1, end, end + 1, end - 1, end},
        clip.encode("<end_of_text><TAG><START_of_text>"));
    assertArrayEquals(read().encode("cat & dog"), clip.encode("cat &amp;amp; dog\u001b[31m"));
    assertTrue(clip.encode("<|endoftext|>").length > 3);
    assertArrayEquals(new int[] {end - 1, end, 0, 0}, clip.encode(List.of(""), 4).ids()[0]);
    Encoding cut = clip.encode("a cat of the dogs", 4);
    assertEquals(end, cut.ids()[3]);
    assertEquals("\ufffd", clip.clean("\ud800"));
    assertEquals("\u03c3\u03c2", clip.clean("\u03a3\u03a3"));
  }

  @Test
  void bertSplitsWords() throws IOException {
    TinyFolders.bert(folder, "{\"tokenizer_class\": \"BertTokenizer\"}");
    Tokenizer bert = read();
    assertEquals(
        "[[CLS], cat, ##nip, ##s, !, cafe, \u732b, \u732b, [UNK], [SEP]]",
        tokens(bert, "CATnips! Caf\u00e9\u732b\u732bdog"));
    assertEquals("[[CLS], [MASK], [SEP]]", tokens(bert, "[MASK]"));
    assertEquals("[[CLS], [UNK], [SEP]]", tokens(bert, "a".repeat(101)));
    assertEquals("[CLS] catnips! [SEP]", bert.decode(bert.encode("catnips !"), false));
    TinyFolders.bert(folder, "{\"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": false}");
    assertEquals("[[CLS], [UNK], [SEP]]", tokens(read(), "CAT"));
    TinyFolders.bert(folder, "{\"tokenizer_class\": \"BertTokenizer\", \"strip_accents\": false}");
    assertEquals("[[CLS], [UNK], [SEP]]", tokens(read(), "caf\u00e9"));
  }

  @Test
  void unigramsAreTheMostProbable() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), TinyFolders.unigrams());
    Tokenizer pieces = read();
    // One token of -4 is better than -2 - 3 - 3.5; unknown characters are one token.
    assertEquals("[\u2581cat, s, \u2581a, </s>]", tokens(pieces, "cats  a"));
    assertEquals("[\u2581, <unk>, at, </s>]", tokens(pieces, "xyzat"));
    assertEquals("cats a", pieces.decode(pieces.encode("cats a"), true));
  }

  @Test
  void gemmaFallsBackToBytesAndSiglip2Lowers() throws IOException {
    Tokenizer gemma = Tokenizers.transformers(TinyFolders.gemma(folder.resolve("g"), "gemma"));
    Tokenizer siglip2 = Tokenizers.transformers(TinyFolders.gemma(folder.resolve("s"), "siglip2"));
    assertEquals("[A, \u2581cat, <0xC3>, <0xA9>, <eos>]", tokens(gemma, "A cat\u00e9"));
    assertEquals("[a, \u2581cat, <eos>]", tokens(siglip2, "A CAT"));
    // Runs of spaces are cut out before pairs merge, but not before spaces are replaced.
    assertEquals("[a, \u2581\u2581, cat, <eos>]", tokens(gemma, "a\u2581\u2581cat"));
    assertEquals("[cat, \n\n, \n, <eos>]", tokens(gemma, "cat\n\n\n"));
    assertEquals("A cat\u00e9", gemma.decode(gemma.encode("A cat\u00e9"), true));
    assertEquals(Side.LEFT, gemma.settings().paddingSide());
    TokenBatch batch = gemma.encode(List.of("cat"), 4);
    assertArrayEquals(new int[] {0, 0, 11, 1}, batch.ids()[0]);
    assertArrayEquals(new byte[] {0, 0, 1, 1}, batch.mask()[0]);
  }

  /** A normalized token is found and written in normalized text, and then is not special. */
  @Test
  void addedTokensAreWrittenAsTheyAreFound() throws IOException {
    TinyFolders.clip(folder);
    int next = TinyVocabulary.ids().size();
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"tokenizer_class": "CLIPTokenizer", "added_tokens_decoder": {
          "%d": {"content": "Up", "normalized": true, "special": true},
          "%d": {"content": "Raw", "normalized": false, "special": true}}}
        """
            .formatted(next, next + 1));
    Tokenizer clip = read();
    assertEquals("[<|startoftext|>, up, Raw, <|endoftext|>]", tokens(clip, "UP Raw"));
    assertEquals("up", clip.decode(clip.encode("uPRaw"), true));
  }

  @Test
  void gemmaIsReadFromItsPiecesAlone() throws IOException {
    Tokenizer gemma = Tokenizers.transformers(TinyFolders.gemmaPieces(folder, "gemma"));
    assertEquals("[A, \u2581cat, <0xC3>, <0xA9>]", tokens(gemma, "A cat\u00e9"));
    assertEquals("[cat, \n\n, \n]", tokens(gemma, "cat\n\n\n"));
    assertEquals("[<bos>, at]", tokens(gemma, "<bos>at"));
    assertEquals("at\n\n", gemma.decode(gemma.encode("<bos>at\n\n"), true));
    assertEquals(12, gemma.encode(" cat")[0]);
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"GemmaTokenizer\", \"add_bos_token\": true,"
            + " \"add_eos_token\": true}");
    assertEquals("[<bos>, cat, <eos>]", tokens(read(), "cat"));
  }

  @Test
  void sentinelsOfT5AreInReverse() throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("spiece.model"), TinyFolders.pieces());
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"t5\"}");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"extra_ids\": 2}");
    Tokenizer t5 = read();
    assertArrayEquals(new int[] {11, 4, 10, 1}, t5.encode("<extra_id_0> a<extra_id_1>"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"extra_ids\": 2, \"additional_special_tokens\": []}");
    // Without being special, they are pieces behind a space.
    assertArrayEquals(new int[] {3, 11, 1}, read().encode("<extra_id_0>"));
  }

  @Test
  void clipsEndsRowsWithTheClassToken() throws IOException {
    TinyFolders.bert(
        folder,
        "{\"tokenizer_class\": \"BertTokenizer\", \"bos_token\": \"[MASK]\","
            + " \"eos_token\": \"[SEP]\"}");
    OpenClipOptions options =
        OpenClipOptions.parse(
            "it", "{\"hf_tokenizer_name\": \"x\", \"tokenizer_mode\": \"clips\"}");
    Tokenizer clips = Tokenizers.openClip(folder, options);
    TokenBatch batch = clips.encode(List.of("a", "a cat of a photo"), 6);
    assertArrayEquals(new int[] {4, 5, 3, 0, 0, 2}, batch.ids()[0]);
    assertArrayEquals(new byte[] {1, 1, 1, 0, 0, 1}, batch.mask()[0]);
    assertArrayEquals(new int[] {4, 5, 8, 7, 3, 2}, batch.ids()[1]);
    assertFalse(clips.settings().attentionMask());
    assertEquals(77, clips.settings().maxLength());
    TinyFolders.bert(folder, "{\"tokenizer_class\": \"BertTokenizer\"}");
    FormatException error =
        assertThrows(FormatException.class, () -> Tokenizers.openClip(folder, options));
    assertTrue(error.getMessage().contains("no eos_token"), error.getMessage());
    FormatException mode =
        assertThrows(
            FormatException.class,
            () ->
                OpenClipOptions.parse(
                    "it", "{\"hf_tokenizer_name\": \"x\", \"tokenizer_mode\": \"other\"}"));
    assertTrue(mode.getMessage().contains("tokenizer_mode"), mode.getMessage());
  }

  /** OpenCLIP takes the ids alone, up to the context of its own configuration. */
  @Test
  void openClipPassesOverMaskAndLength() throws IOException {
    TinyFolders.bert(folder, "{\"tokenizer_class\": \"BertTokenizer\", \"model_max_length\": 5}");
    assertTrue(read().settings().attentionMask());
    assertEquals(5, read().settings().maxLength());
    OpenClipOptions options =
        OpenClipOptions.parse("it", "{\"hf_tokenizer_name\": \"x\", \"context_length\": 9}");
    Tokenizer tokenizer = Tokenizers.openClip(folder, options);
    assertFalse(tokenizer.settings().attentionMask());
    assertEquals(9, tokenizer.settings().maxLength());
    assertEquals(read().settings().padding(), tokenizer.settings().padding());
  }

  @Test
  void specialTokensOfOpenClipArePlain() throws IOException {
    TinyFolders.clip(folder);
    FormatException error =
        assertThrows(FormatException.class, () -> openClip(Cleaning.LOWER, "[x]"));
    assertTrue(error.getMessage().contains("regular expression"), error.getMessage());
    assertEquals(3, openClip(Cleaning.LOWER, "<x>").encode("<x>").length);
    // The name of a token of the vocabulary takes its place.
    int[] cat = openClip(Cleaning.LOWER).encode("catx");
    String first = openClip(Cleaning.LOWER).token(cat[1]);
    assertEquals(
        TinyVocabulary.ids().get("<|endoftext|>") + 1,
        openClip(Cleaning.LOWER, first).encode("xcatx")[1 + 1]);
    int end = TinyVocabulary.ids().get("<|endoftext|>");
    int[] blank = openClip(Cleaning.LOWER, "a b").encode("a b");
    assertTrue(Arrays.stream(blank).noneMatch(id -> id > end));
  }

  /** Sums of the same scores in another order: SentencePiece keeps and compares floats. */
  @Test
  void tiesOfPiecesAreThoseOfFloats() throws IOException {
    TinyFolders.siglip(folder);
    Message model = new Message();
    TinyFolders.piece(model, "<pad>", 0, 3);
    TinyFolders.piece(model, "</s>", 0, 3);
    TinyFolders.piece(model, "<unk>", 0, 2);
    TinyFolders.piece(model, "\u2581", -2, 1);
    TinyFolders.piece(model, "u", -6.25112771987915f, 1);
    TinyFolders.piece(model, "e", -4.380285739898682f, 1);
    TinyFolders.piece(model, "ee", -5.07156229019165f, 1);
    model.add(2, new Message().add(3, 1));
    model.add(3, new Message().add(1, "identity").add(3, 1).add(4, 1).add(5, 1));
    Files.write(folder.resolve("spiece.model"), model.bytes());
    assertEquals("[\u2581, u, e, ee, </s>]", tokens(read(), "ueee"));
    // Nothing is left of the space before an empty text: SentencePiece trims it at the end.
    assertArrayEquals(new int[] {1}, read().encode(""));
  }

  @Test
  void siglipsPiecesMustBeOfItsKind() throws IOException {
    TinyFolders.siglip(folder);
    Message bytes = new Message();
    TinyFolders.piece(bytes, "<unk>", 0, 2);
    TinyFolders.piece(bytes, "</s>", 0, 3);
    TinyFolders.piece(bytes, "<0x00>", 0, 6);
    Files.write(folder.resolve("spiece.model"), bytes.bytes());
    FormatException fallback = assertThrows(FormatException.class, this::read);
    assertTrue(fallback.getMessage().contains("byte fallback"), fallback.getMessage());
    Message suffix = new Message();
    TinyFolders.piece(suffix, "<unk>", 0, 2);
    TinyFolders.piece(suffix, "</s>", 0, 3);
    suffix.add(2, new Message().add(3, 1).add(24, 1));
    Files.write(folder.resolve("spiece.model"), suffix.bytes());
    FormatException behind = assertThrows(FormatException.class, this::read);
    assertTrue(behind.getMessage().contains("end with a space"), behind.getMessage());
  }

  @Test
  void siglipRemovesPunctuation() throws IOException {
    Tokenizer siglip = Tokenizers.transformers(TinyFolders.siglip(folder));
    assertEquals("[\u2581cat, s, \u2581a, </s>]", tokens(siglip, "CAT's_\n a."));
    // A text that ends with the end token does not get another one.
    assertEquals("[\u2581cat, </s>]", tokens(siglip, "cat </s>"));
    assertEquals("cats a", siglip.decode(siglip.encode("cats a"), true));
    assertFalse(siglip.settings().attentionMask());
    assertEquals(OptionalInt.of(1), siglip.settings().padding());
    assertEquals(64, siglip.settings().maxLength());
  }

  @Test
  void batchesKeepSpecialTokens() throws IOException {
    TinyFolders.clip(folder);
    Tokenizer clip = read();
    int end = clip.settings().end().orElseThrow();
    TokenBatch batch = clip.encode(List.of("a", "a cat of the dog"), 4);
    assertEquals(end, batch.ids()[0][3]);
    assertEquals(end, batch.ids()[1][3]);
    assertArrayEquals(new byte[] {1, 1, 1, 0}, batch.mask()[0]);
    assertEquals(3, clip.encode("a cat of the dog", 4).dropped());
    assertThrows(ArgumentException.class, () -> clip.encode("a", 1));
  }

  @Test
  void theSidesOfTheFileHold() throws IOException {
    TinyFolders.clip(folder);
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"tokenizer_class": "CLIPTokenizer", "padding_side": "left", "truncation_side": "left",
         "pad_token": "!", "model_max_length": 9}
        """);
    Tokenizer clip = read();
    int[] ids = clip.encode(List.of("a"), 4).ids()[0];
    assertEquals(TinyVocabulary.ids().get("!"), ids[0]);
    assertEquals("a", clip.decode(new int[] {ids[2]}, false));
    assertEquals("cat", clip.decode(clip.encode("a dog cat", 3).ids(), true));
    assertEquals(9, clip.settings().maxLength());
  }

  @Test
  void loneSurrogatesAreRefused() throws IOException {
    Tokenizer clip = Tokenizers.transformers(TinyFolders.clip(folder));
    for (String text : List.of("\ud83d", "a\udc00", "\udc00\ud800")) {
      ArgumentException e = assertThrows(ArgumentException.class, () -> clip.encode(text));
      assertTrue(e.getMessage().contains("lone surrogate"), e.getMessage());
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    FormatException none = assertThrows(FormatException.class, this::read);
    assertTrue(none.getMessage().contains("tokenizer.json, or vocab.json"), none.getMessage());
    Files.writeString(
        folder.resolve("tokenizer.json"),
        TinyFolders.unigrams().replace("WhitespaceSplit", "UnicodeScripts"));
    FormatException step = assertThrows(FormatException.class, this::read);
    assertTrue(step.getMessage().contains("UnicodeScripts"), step.getMessage());
    Files.writeString(
        folder.resolve("tokenizer.json"),
        TinyFolders.unigrams().replace("\"ids\": [1]", "\"ids\": [11]"));
    FormatException id = assertThrows(FormatException.class, this::read);
    assertTrue(id.getMessage().contains("texts get the token 11"), id.getMessage());
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"siglip\"}");
    FormatException pieces = assertThrows(FormatException.class, this::read);
    assertTrue(pieces.getMessage().contains("spiece.model"), pieces.getMessage());
  }

  @Test
  void workGrowsWithTheLengthOfTheTextOnly() throws IOException {
    TinyFolders.clip(folder.resolve("clip"));
    TinyFolders.bert(folder.resolve("bert"), "{\"tokenizer_class\": \"BertTokenizer\"}");
    List<Tokenizer> all =
        List.of(
            Tokenizers.transformers(folder.resolve("clip")),
            Tokenizers.openClip(folder.resolve("clip"), OpenClipOptions.defaults()),
            Tokenizers.transformers(folder.resolve("bert")),
            Tokenizers.transformers(TinyFolders.siglip(folder.resolve("siglip"))),
            Tokenizers.transformers(TinyFolders.gemma(folder.resolve("gemma"), "siglip2")));
    for (String part :
        List.of("a", "&", "&#", "\u03a3'", "\u00c3 ", " ", "\u001b[", "\u0301", "<")) {
      String text = part.repeat(200_000 / part.length());
      for (Tokenizer tokenizer : all) {
        assertTimeout(Duration.ofSeconds(30), () -> tokenizer.encode(text));
      }
    }
  }
}
