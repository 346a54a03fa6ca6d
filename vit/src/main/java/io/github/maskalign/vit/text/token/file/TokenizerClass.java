package io.github.maskalign.vit.text.token.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Classes of transformers, which build the steps of a tokenizer themselves and take only tokens
 * from {@code tokenizer.json}.
 */
public enum TokenizerClass {
  /** Byte pairs of CLIP. */
  CLIP(
      "CLIPTokenizer",
      List.of(),
      Map.of(
          "bos_token", "<|startoftext|>",
          "eos_token", "<|endoftext|>",
          "unk_token", "<|endoftext|>",
          "pad_token", "<|endoftext|>")),
  /** SentencePiece of SigLIP. */
  SIGLIP(
      "SiglipTokenizer",
      List.of(),
      Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "</s>")),
  /** Byte pairs of Gemma, with lower case. */
  SIGLIP2("Siglip2Tokenizer", List.of(), gemma()),
  /** Byte pairs of Gemma. */
  GEMMA("GemmaTokenizer", List.of(), gemma()),
  /** Word pieces. */
  BERT(
      "BertTokenizer",
      List.of("DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer"),
      Map.of(
          "unk_token", "[UNK]",
          "sep_token", "[SEP]",
          "pad_token", "[PAD]",
          "cls_token", "[CLS]",
          "mask_token", "[MASK]")),
  /** Byte pairs of GPT-2 with special tokens around. */
  ROBERTA("RobertaTokenizer", List.of(), roberta()),
  /** SentencePiece of XLM-R. */
  XLM_ROBERTA("XLMRobertaTokenizer", List.of(), roberta()),
  /** SentencePiece of T5. */
  T5(
      "T5Tokenizer",
      List.of(),
      Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>")),
  /** The steps are those of the file. */
  FILE("TokenizersBackend", List.of("PreTrainedTokenizerFast", "PreTrainedTokenizer"), Map.of());

  private static final List<String> CLIP_MODELS =
      List.of(
          "clip", "clip_text_model", "clipseg", "owlvit", "owlv2", "groupvit", "xclip", "aimv2");
  private static final List<String> BERT_MODELS =
      List.of("bert", "align", "blip", "chinese_clip", "distilbert", "electra", "flava", "git");

  private final String title;
  private final List<String> otherTitles;
  private final Map<String, String> specials;

  TokenizerClass(String title, List<String> otherTitles, Map<String, String> specials) {
    this.title = title;
    this.otherTitles = otherTitles;
    this.specials = specials;
  }

  private static Map<String, String> gemma() {
    return Map.of(
        "unk_token", "<unk>",
        "bos_token", "<bos>",
        "eos_token", "<eos>",
        "pad_token", "<pad>",
        "mask_token", "<mask>");
  }

  private static Map<String, String> roberta() {
    Map<String, String> specials = new LinkedHashMap<>();
    specials.put("bos_token", "<s>");
    specials.put("eos_token", "</s>");
    specials.put("unk_token", "<unk>");
    specials.put("sep_token", "</s>");
    specials.put("pad_token", "<pad>");
    specials.put("cls_token", "<s>");
    specials.put("mask_token", "<mask>");
    return specials;
  }

  /** The name of the class. */
  public String title() {
    return title;
  }

  /** The special tokens by role where the files name none. */
  Map<String, String> specials() {
    return specials;
  }

  /**
   * Chooses a class.
   *
   * @param named by {@code tokenizer_config.json}, empty if none
   * @param modelType of {@code config.json}, empty if none
   * @return null if neither says
   */
  static @Nullable TokenizerClass of(String named, String modelType) {
    // Published files of SigLIP 2 name Gemma's class, which does not lower case.
    if (modelType.equals("siglip2") || modelType.equals("siglip2_text_model")) {
      return SIGLIP2;
    }
    for (TokenizerClass each : values()) {
      if (each.title.equals(named) || each.otherTitles.contains(named)) {
        return each;
      }
    }
    if (!named.isEmpty()) {
      return FILE;
    }
    return switch (modelType) {
      case "siglip", "siglip_text_model" -> SIGLIP;
      case "roberta" -> ROBERTA;
      case "xlm-roberta", "metaclip_2" -> XLM_ROBERTA;
      case "t5", "mt5" -> T5;
      case "gemma", "gemma2", "gemma3", "gemma3_text" -> GEMMA;
      default ->
          CLIP_MODELS.contains(modelType) ? CLIP : BERT_MODELS.contains(modelType) ? BERT : null;
    };
  }
}
