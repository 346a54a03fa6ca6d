package io.github.maskalign.vit.text.token;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.random.Philox;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A vocabulary like CLIP's: all bytes, some words, and random merges. */
public final class TinyVocabulary {

  private static final List<String> WORDS =
      List.of(
          "a", "photo", "of", "cat", "cats", "dog", "the", "there", "'s", "naïve", "...", "été");

  private static final int RANDOM = 300;

  private TinyVocabulary() {}

  /** The symbols of a word, the last with the end-of-word suffix. */
  static List<String> symbols(String word) {
    List<String> symbols = new ArrayList<>();
    for (byte value : word.getBytes(StandardCharsets.UTF_8)) {
      symbols.add(symbol(Byte.toUnsignedInt(value)));
    }
    symbols.set(symbols.size() - 1, symbols.getLast() + "</w>");
    return symbols;
  }

  /** GPT-2's table of bytes, repeated here as an independent copy. */
  private static String symbol(int value) {
    int moved = 0;
    for (int other = 0; other < 256; other++) {
      boolean prints = other >= 33 && other <= 126 || other >= 161 && other <= 172 || other >= 174;
      if (other == value) {
        return String.valueOf((char) (prints ? other : 256 + moved));
      }
      moved += prints ? 0 : 1;
    }
    throw new IllegalArgumentException();
  }

  /** Merges, of which each part is a byte or the result of an earlier merge. */
  public static List<String> merges() {
    List<String> merges = new ArrayList<>();
    for (String word : WORDS) {
      List<String> symbols = symbols(word);
      String left = symbols.getFirst();
      for (String right : symbols.subList(1, symbols.size())) {
        add(merges, left, right);
        left += right;
      }
    }
    List<String> inside = new ArrayList<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      inside.add(String.valueOf(letter));
    }
    symbols("éß漢字あ🙂!?-").forEach(symbol -> inside.add(symbol.replace("</w>", "")));
    List<String> last = new ArrayList<>();
    inside.forEach(symbol -> last.add(symbol + "</w>"));
    Philox random = Philox.of(7);
    for (int i = 0; i < RANDOM; i++) {
      List<String> rights = random.bits(3L * i) % 3 == 0 ? last : inside;
      String left = inside.get(Math.floorMod(random.bits(3L * i + 1), inside.size()));
      String right = rights.get(Math.floorMod(random.bits(3L * i + 2), rights.size()));
      if (add(merges, left, right)) {
        rights.add(left + right);
      }
    }
    return merges;
  }

  /** The content of {@code merges.txt}. */
  public static String mergesFile() {
    return "#version: 0.2\n" + String.join("\n", merges()) + "\n";
  }

  /** OpenAI's list, whose number of lines follows from the number of tokens. */
  public static String openAiList() {
    List<String> lines = merges().subList(0, ids().size() - 514);
    return "\"bpe_simple_vocab_16e6.txt#version: 0.2\n" + String.join("\n", lines) + "\n";
  }

  private static boolean add(List<String> merges, String left, String right) {
    String merge = left + " " + right;
    return !merges.contains(merge) && merges.add(merge);
  }

  /** Token ids, start and end last, as in CLIP. */
  public static Map<String, Integer> ids() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String end : List.of("", "</w>")) {
      for (int value = 0; value < 256; value++) {
        ids.put(symbol(value) + end, ids.size());
      }
    }
    merges().forEach(merge -> ids.putIfAbsent(merge.replace(" ", ""), ids.size()));
    ids.put("<|startoftext|>", ids.size());
    ids.put("<|endoftext|>", ids.size());
    return ids;
  }

  /** In the format of {@code tokenizer.json} of Hugging Face's CLIP. */
  public static String json() {
    try {
      ObjectMapper mapper = new ObjectMapper();
      Map<String, Integer> ids = ids();
      return """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
        {"id": %d, "content": "<|startoftext|>", "single_word": false, "lstrip": false,
         "rstrip": false, "normalized": true, "special": true},
        {"id": %d, "content": "<|endoftext|>", "single_word": false, "lstrip": false,
         "rstrip": false, "normalized": true, "special": true}],
       "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"},
         {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
         {"type": "Lowercase"}]},
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern":
         {"Regex": "'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"},
         "behavior": "Removed", "invert": true},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true}]},
       "post_processor": {"type": "RobertaProcessing", "sep": ["<|endoftext|>", %d],
         "cls": ["<|startoftext|>", %d], "trim_offsets": false, "add_prefix_space": false},
       "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
       "model": {"type": "BPE", "dropout": null, "unk_token": "<|endoftext|>",
         "continuing_subword_prefix": "", "end_of_word_suffix": "</w>", "fuse_unk": false,
         "vocab": %s, "merges": %s}}
      """
          .formatted(
              ids.size() - 2,
              ids.size() - 1,
              ids.size() - 1,
              ids.size() - 2,
              mapper.writeValueAsString(ids),
              mapper.writeValueAsString(merges()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
