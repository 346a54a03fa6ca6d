package io.github.maskalign.vit.text.token;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.vit.json.JsonMutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;

/** All kinds of files of tokenizers, and texts encoded with those that were accepted. */
class TokenizerFuzzTest extends FuzzContract {

  private static final byte GZIP = 0x1f;

  /** Tag of the first field of a SentencePiece model. */
  private static final byte PIECE = 0x0a;

  private final byte[] tokenizer = utf8(TinyVocabulary.json());
  private final byte[] ids;
  private final byte[] merges = utf8(TinyVocabulary.mergesFile());

  @TempDir private Path folder;

  TokenizerFuzzTest() throws IOException {
    ids = new ObjectMapper().writeValueAsBytes(TinyVocabulary.ids());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] packed(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static final String CONFIG =
      """
      {"tokenizer_class": "CLIPTokenizer", "pad_token": {"content": "!", "lstrip": true},
       "padding_side": "left", "model_max_length": 77, "do_lower_case": null,
       "added_tokens_decoder": {"838": {"content": "<|startoftext|>", "special": true},
       "900": {"content": "<more>", "normalized": true, "single_word": true}}}
      """;

  private static final String OPEN_CLIP =
      """
      {"model_cfg": {"text_cfg": {"context_length": 8, "hf_tokenizer_name": "",
       "tokenizer_kwargs": {"clean": "canonicalize", "additional_special_tokens": ["<tag>"]}}}}
      """;

  private static final String TEXT = "A photo of \u00e9t\u00e9, 2 cats! <more> &amp; \ud83d\ude42";

  @Override
  protected ByteMutator mutator() {
    return new ByteMutator(
        List.of(
            tokenizer,
            ids,
            merges,
            packed(utf8(TinyVocabulary.openAiList())),
            utf8(TinyFolders.unigrams()),
            utf8(TinyFolders.gemma()),
            TinyFolders.pieces(),
            utf8(CONFIG),
            utf8(OPEN_CLIP),
            utf8(TinyFolders.words())),
        Stream.concat(
                Stream.of(JsonMutations.TOKENS),
                Stream.of(
                    " ",
                    "\n",
                    "\r",
                    "\t",
                    "</w>",
                    "a b c",
                    "<|endoftext|>",
                    "merges",
                    "Unigram",
                    "vocab",
                    "\u2581",
                    "<0xC3>",
                    "##",
                    "[UNK]",
                    "Precompiled"))
            .toList());
  }

  @Override
  protected void read(byte[] file, String name) throws IOException {
    Path place = Files.createDirectory(folder.resolve(name));
    try {
      write(place, file, name);
      Tokenizer read = Tokenizers.transformers(place);
      read.decode(read.encode(TEXT), false);
      if (read.settings().padding().isPresent()) {
        read.encode(List.of(TEXT, ""), 12);
      }
    } finally {
      try (Stream<Path> files = Files.list(place)) {
        for (Path each : files.toList()) {
          Files.delete(each);
        }
      }
      Files.delete(place);
    }
  }

  private void write(Path place, byte[] file, String name) throws IOException {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    if (file.length > 0 && file[0] == GZIP) {
      Files.write(place.resolve("bpe_simple_vocab_16e6.txt.gz"), file);
    } else if (text.contains("\"model\"")) {
      Files.write(place.resolve("tokenizer.json"), JsonMutations.withNumbers(file, name));
    } else if (text.contains("_kwargs")) {
      Files.write(place.resolve("open_clip_config.json"), file);
      Files.write(place.resolve("vocab.json"), ids);
      Files.write(place.resolve("merges.txt"), merges);
      Tokenizers.openClip(place, OpenClipOptions.read(place)).encode(List.of(TEXT), 8);
    } else if (text.contains("_class")) {
      Files.write(place.resolve("tokenizer_config.json"), JsonMutations.withNumbers(file, name));
      Files.write(place.resolve("vocab.json"), ids);
      Files.write(place.resolve("merges.txt"), merges);
    } else if (text.contains("[CLS]")) {
      Files.write(place.resolve("vocab.txt"), file);
    } else if (file.length > 0 && file[0] == PIECE) {
      Files.write(place.resolve("spiece.model"), file);
    } else {
      boolean isMerges = file.length > 0 && file[0] != '{';
      Files.write(place.resolve("vocab.json"), isMerges ? ids : file);
      Files.write(place.resolve("merges.txt"), isMerges ? file : merges);
    }
  }
}
