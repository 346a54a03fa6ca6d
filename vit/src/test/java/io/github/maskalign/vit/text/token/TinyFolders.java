package io.github.maskalign.vit.text.token;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.vit.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Folders with the smallest tokenizers of each kind. */
public final class TinyFolders {

  private static final List<String> WORDS =
      List.of(
          "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "photo", "of", "cat", "##s", "##nip",
          "!", ",", "cafe", "\u732b");

  private TinyFolders() {}

  private static void write(Path folder, String name, String content) throws IOException {
    Files.writeString(Files.createDirectories(folder).resolve(name), content);
  }

  /** CLIP with a vocabulary and merges in files of their own. */
  public static Path clip(Path folder) throws IOException {
    write(folder, "vocab.json", new ObjectMapper().writeValueAsString(TinyVocabulary.ids()));
    write(folder, "merges.txt", TinyVocabulary.mergesFile());
    write(folder, "config.json", "{\"model_type\": \"clip\"}");
    return folder;
  }

  /** BERT. */
  public static Path bert(Path folder, String config) throws IOException {
    write(folder, "vocab.txt", words());
    write(folder, "tokenizer_config.json", config);
    return folder;
  }

  /** The list of BERT's tokens. */
  public static String words() {
    return String.join("\n", WORDS) + "\n";
  }

  /** Unigrams with the steps of T5 in {@code tokenizer.json}. */
  public static String unigrams() {
    return """
    {"added_tokens": [{"id": 1, "content": "</s>", "special": true, "normalized": false},
      {"id": 2, "content": "<unk>", "special": true, "normalized": false}],
     "normalizer": null,
     "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
       {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always"}]},
     "post_processor": {"type": "TemplateProcessing", "single": [
       {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
       "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
     "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always"},
     "model": {"type": "Unigram", "unk_id": 2, "vocab": [["<pad>", 0.0], ["</s>", 0.0],
       ["<unk>", 0.0], ["\u2581", -2.0], ["\u2581a", -2.5], ["\u2581cat", -4.0], ["c", -3.0],
       ["at", -3.5], ["a", -3.0], ["t", -3.0], ["s", -2.75]]}}
    """;
  }

  /** Byte pairs with the steps of Gemma in {@code tokenizer.json}. */
  public static String gemma() {
    StringBuilder bytes = new StringBuilder();
    for (int value = 0; value < 256; value++) {
      bytes.append(", \"<0x%02X>\": %d".formatted(value, 16 + value));
    }
    String tokens =
        """
        "<pad>": 0, "<eos>": 1, "<bos>": 2, "<unk>": 3, "<mask>": 4, "\u2581": 5, "\u2581\u2581": 6,
        "c": 7, "a": 8, "t": 9, "at": 10, "cat": 11, "\u2581cat": 12, "A": 13, "\\n": 14,
        "\\n\\n": 15""";
    String added =
        """
        {"id": 0, "content": "<pad>", "special": true, "normalized": false},
        {"id": 1, "content": "<eos>", "special": true, "normalized": false},
        {"id": 6, "content": "\u2581\u2581", "special": false, "normalized": false},
        {"id": 15, "content": "\\n\\n", "special": false, "normalized": false}""";
    return """
        {"added_tokens": [%s],
         "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
         "pre_tokenizer": {"type": "Split", "pattern": {"String": " "},
           "behavior": "MergedWithPrevious", "invert": false},
         "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}},
           {"SpecialToken": {"id": "<eos>"}}],
           "special_tokens": {"<eos>": {"id": "<eos>", "ids": [1]}}},
         "decoder": {"type": "Sequence", "decoders": [
           {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
           {"type": "ByteFallback"}, {"type": "Fuse"}]},
         "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true,
           "vocab": {%s%s}, "merges": [["a", "t"], ["c", "at"], ["\u2581", "cat"]]}}
        """
        .formatted(added, tokens, bytes);
  }

  /** Gemma or SigLIP 2. */
  public static Path gemma(Path folder, String modelType) throws IOException {
    write(folder, "tokenizer.json", gemma());
    write(folder, "tokenizer_config.json", "{\"tokenizer_class\": \"GemmaTokenizer\"}");
    write(folder, "config.json", "{\"model_type\": \"%s\"}".formatted(modelType));
    return folder;
  }

  /** A SentencePiece model of unigrams without a map of characters. */
  public static byte[] pieces() {
    Message model = new Message();
    piece(model, "<pad>", 0, 3);
    piece(model, "</s>", 0, 3);
    piece(model, "<unk>", 0, 2);
    piece(model, "\u2581", -2, 1);
    piece(model, "\u2581a", -2.5f, 1);
    piece(model, "\u2581cat", -4, 1);
    piece(model, "c", -3, 1);
    piece(model, "at", -3.5f, 1);
    piece(model, "s", -2.75f, 1);
    piece(model, "t", -3.25f, 1);
    model.add(2, new Message().add(3, 1));
    model.add(3, new Message().add(1, "identity").add(3, 1).add(4, 1).add(5, 1));
    return model.bytes();
  }

  /** Gemma or SigLIP 2, with the tokens of {@link #gemma()} as pieces of SentencePiece. */
  public static Path gemmaPieces(Path folder, String modelType) throws IOException {
    Message model = new Message();
    for (String control : List.of("<pad>", "<eos>", "<bos>")) {
      piece(model, control, 0, 3);
    }
    piece(model, "<unk>", 0, 2);
    piece(model, "<mask>", 0, 4);
    for (String text :
        List.of("\u2581", "\u2581\u2581", "c", "a", "t", "at", "cat", "\u2581cat", "A", "\n")) {
      piece(model, text, -1, 1);
    }
    piece(model, "\n\n", 0, 4);
    for (int value = 0; value < 256; value++) {
      piece(model, "<0x%02X>".formatted(value), 0, 6);
    }
    model.add(2, new Message().add(3, 2));
    Files.createDirectories(folder);
    Files.write(folder.resolve("tokenizer.model"), model.bytes());
    write(folder, "config.json", "{\"model_type\": \"%s\"}".formatted(modelType));
    return folder;
  }

  static void piece(Message model, String text, float score, int type) {
    model.add(1, new Message().add(1, text).add(2, score).add(3, type));
  }

  /** SigLIP. */
  public static Path siglip(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("spiece.model"), pieces());
    write(folder, "config.json", "{\"model_type\": \"siglip\"}");
    write(
        folder,
        "tokenizer_config.json",
        """
        {"tokenizer_class": "SiglipTokenizer", "model_input_names": ["input_ids"],
         "added_tokens_decoder": {
           "1": {"content": "</s>", "lstrip": true, "rstrip": true, "special": true},
           "2": {"content": "<unk>", "lstrip": true, "rstrip": true, "special": true}}}
        """);
    return folder;
  }
}
