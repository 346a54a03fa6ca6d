package io.github.maskalign.vit.weights.family.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPadding;
import io.github.maskalign.vit.text.TextPadding.Masking;
import io.github.maskalign.vit.text.TextPooling;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations of text towers against the defaults and rules of their libraries. */
class TextFamilyTest {

  private static final TextFacts CLIP_B =
      new TextFacts(49408, 77, 512, 12, 2048, 8, false, false, projection(512, false));
  private static final TextFacts SIGLIP_B =
      new TextFacts(32000, 64, 768, 12, 3072, 12, false, false, projection(768, true));
  private static final TextFacts COCA_B =
      new TextFacts(49408, 77, 512, 12, 2048, 8, false, true, projection(512, false));

  private static TextConfig.Projection projection(int length, boolean bias) {
    return new TextConfig.Projection(length, bias);
  }

  private static JsonNode json(String text) {
    return JsonFiles.object("config.json", text.replace('\'', '"'), JsonKind.CONFIGURATION);
  }

  private static TextConfig clip(String text) {
    return new ClipText().config(json(text), CLIP_B);
  }

  private static TextConfig openClip(String texts, TextFacts facts) {
    String config = "{'model_cfg': {'embed_dim': 512, 'text_cfg': {" + texts + "}}}";
    return new OpenClipText().config(json(config), facts);
  }

  private static void refused(String why, org.junit.jupiter.api.function.Executable parse) {
    FormatException told = assertThrows(FormatException.class, parse);
    assertTrue(told.getMessage().contains(why), told.getMessage());
  }

  @Test
  void clipsDefaults() {
    TextConfig config = clip("{'model_type': 'clip', 'text_config': {}}");
    assertTrue(config.causal());
    assertEquals(8, config.blocks().heads());
    assertEquals(Activation.QUICK_GELU, config.blocks().activation());
    assertEquals(1e-5, config.blocks().normEps());
    assertEquals(new TextPooling.FirstOf(49407), config.pooling());
    assertEquals(config, clip("{'model_type': 'clip_text_model'}"));
    assertEquals(config, clip("{'model_type': 'clip', 'text_config_dict': null}"));
  }

  @Test
  void clipsOldEndTokenMeansTheHighest() {
    TextConfig config = clip("{'text_config': {'eos_token_id': 2}}");
    assertEquals(new TextPooling.HighestId(), config.pooling());
  }

  @Test
  void anEndTokenBeyondTheVocabularyIsInNoText() {
    TextConfig config = clip("{'text_config': {'eos_token_id': 49408}}");
    assertEquals(new TextPooling.First(), config.pooling());
    String unknown = "'pool_type': 'eos', 'eos_id': 49408";
    assertEquals(new TextPooling.First(), openClip(unknown, CLIP_B).pooling());
  }

  @Test
  void clipsOldKeyWinsWithItsDefaults() {
    TextConfig config =
        clip(
            "{'text_config': {'hidden_act': 'gelu', 'num_attention_heads': 4, 'eos_token_id': 2},"
                + " 'text_config_dict': {'num_attention_heads': 2}}");
    assertEquals(2, config.blocks().heads());
    assertEquals(Activation.QUICK_GELU, config.blocks().activation());
    assertEquals(new TextPooling.FirstOf(49407), config.pooling());
  }

  @Test
  void projectionOfThePairOrOfTheTower() {
    assertEquals(512, clip("{'text_config': {'projection_dim': 64}}").length());
    String own = "{'projection_dim': 64, 'text_config': {'projection_dim': 512}}";
    assertEquals(512, clip(own).length());
    String neither = "{'projection_dim': 64, 'text_config': {'projection_dim': 32}}";
    refused("'projection_dim' is 64", () -> clip(neither));
  }

  @ParameterizedTest
  @CsvSource({
    "hidden_size, 'is 99, but', 99",
    "vocab_size, 'is 99, but', 99",
    "intermediate_size, 'is 99, but', 99",
    "num_hidden_layers, 'is 99, but', 99",
    "max_position_embeddings, 'is 99, but', 99",
    "hidden_act, 'swoosh', '\"swoosh\"'",
    "layer_norm_eps, 'layer_norm_eps', '\"small\"'"
  })
  void valuesUnlikeTheWeightsAreNamed(String key, String why, String value) {
    refused(why, () -> clip("{'text_config': {'%s': %s}}".formatted(key, value)));
    String siglip = "{'text_config': {'%s': %s}}".formatted(key, value);
    refused(why, () -> new SiglipText().config(json(siglip), SIGLIP_B));
  }

  @Test
  void siglipsDefaults() {
    TextConfig config =
        new SiglipText().config(json("{'model_type': 'siglip', 'text_config': {}}"), SIGLIP_B);
    assertFalse(config.causal());
    assertTrue(config.readsPadding());
    assertEquals(12, config.blocks().heads());
    assertEquals(Activation.TANH_GELU, config.blocks().activation());
    assertEquals(1e-6, config.blocks().normEps());
    assertEquals(new TextPooling.Last(), config.pooling());
    assertEquals(TextPadding.unmasked(1), config.padding());
    JsonNode other = json("{'text_config': {'projection_size': 96}}");
    refused("'projection_size' is 96", () -> new SiglipText().config(other, SIGLIP_B));
  }

  @Test
  void openClipsDefaults() {
    TextConfig config = openClip("", CLIP_B);
    assertTrue(config.causal());
    assertEquals(8, config.blocks().heads());
    assertEquals(Activation.GELU, config.blocks().activation());
    assertEquals(1e-5, config.blocks().normEps());
    assertEquals(new TextPooling.HighestId(), config.pooling());
    assertEquals(TextPadding.unmasked(0), config.padding());
  }

  @Test
  void openClipsOptions() {
    TextConfig config =
        openClip(
            "'no_causal_mask': true, 'pool_type': 'last', 'heads': 4, 'pad_id': 3, 'proj_bias':"
                + " true, 'act_kwargs': {'approximate': 'tanh'}, 'norm_kwargs': {'eps': 1e-06},"
                + " 'ls_init_value': 0.1, 'hf_tokenizer_name': 'any'",
            CLIP_B);
    assertFalse(config.causal());
    assertEquals(4, config.blocks().heads());
    assertEquals(Activation.TANH_GELU, config.blocks().activation());
    assertEquals(1e-6, config.blocks().normEps());
    assertEquals(new TextPooling.Last(), config.pooling());
    assertEquals(TextPadding.unmasked(3), config.padding());
    assertEquals(new TextPooling.First(), openClip("'pool_type': 'first'", CLIP_B).pooling());
    assertEquals(new TextPooling.FirstOf(2), openClip("'pool_type': 'eos'", CLIP_B).pooling());
    assertEquals(
        new TextPooling.FirstOf(5), openClip("'pool_type': 'eos', 'eos_id': 5", CLIP_B).pooling());
  }

  @Test
  void openClipsMasks() {
    assertEquals(Masking.SHIFTED, masking("'embed_cls': true", COCA_B));
    assertEquals(Masking.PADDING, masking("'embed_cls': true, 'correct_cls_mask': true", COCA_B));
    assertEquals(Masking.NONE, masking("'use_pad_mask': true", CLIP_B));
    String bidirectional = "'use_pad_mask': true, 'no_causal_mask': true";
    assertEquals(Masking.PADDING, masking(bidirectional, CLIP_B));
  }

  private static Masking masking(String texts, TextFacts facts) {
    String context = facts.classToken() ? ", 'context_length': 76" : "";
    return openClip(texts + context, facts).padding().masking();
  }

  @Test
  void whatOpenClipsTowerCannotBeIsNamed() {
    refused("'hf_model_name'", () -> openClip("'hf_model_name': 'roberta-base'", CLIP_B));
    refused(
        "'pool_type' of the text tower is 'none'", () -> openClip("'pool_type': 'none'", CLIP_B));
    refused("text_cfg 'scale_heads' is true", () -> openClip("'scale_heads': true", CLIP_B));
    refused("'norm_kwargs' of the text", () -> openClip("'norm_kwargs': {'bias': 1}", CLIP_B));
    refused("'approximate'", () -> openClip("'act_kwargs': {'approximate': 'erf'}", CLIP_B));
    refused("'mlp_ratio' is 2.0, but", () -> openClip("'mlp_ratio': 2.0", CLIP_B));
    refused("'context_length' is 77 by default", () -> openClip("'embed_cls': true", COCA_B));
    refused("'embed_cls' is true", () -> openClip("'embed_cls': true", CLIP_B));
    assertEquals(8, openClip("'scale_heads': false, 'qk_norm': null", CLIP_B).blocks().heads());
  }

  @Test
  void withoutAConfigurationAsMost() {
    TextConfig clip = new ClipText().config(null, CLIP_B);
    assertEquals(new TextPooling.HighestId(), clip.pooling());
    TextConfig siglip = new SiglipText().config(null, SIGLIP_B);
    assertEquals(new TextPooling.Last(), siglip.pooling());
    TextConfig coca = new OpenClipText().config(null, COCA_B);
    assertEquals(new TextPooling.ClassToken(), coca.pooling());
    assertEquals(76, coca.context());
  }

  @ParameterizedTest
  @CsvSource({
    "text_model.embeddings.token_embedding.weight, Hugging Face's CLIP, ''",
    "embeddings.token_embedding.weight, Hugging Face's CLIP, ''",
    "model.text_model.embeddings.token_embedding.weight, Hugging Face's CLIP, model.",
    "token_embedding.weight, OpenCLIP, ''",
    "module.token_embedding.weight, OpenCLIP, module.",
    "module.text.token_embedding.weight, OpenCLIP, module.",
    "head.weight, , "
  })
  void familiesByNames(String name, @Nullable String title, @Nullable String prefix) {
    Optional<TextFamily> family =
        TextFamily.all().stream().filter(f -> prefix(f, Set.of(name)) != null).findFirst();
    assertEquals(title, family.map(TextFamily::title).orElse(null));
    family.ifPresent(found -> assertEquals(prefix, prefix(found, Set.of(name))));
  }

  @Test
  void siglipIsRecognizedByItsHead() {
    Set<String> names = Set.of("embeddings.token_embedding.weight", "head.weight");
    assertEquals("", prefix(new SiglipText(), names));
    assertNull(prefix(new SiglipText(), Set.of("embeddings.token_embedding.weight")));
  }

  private static @Nullable String prefix(TextFamily family, Set<String> names) {
    return family.names().stream()
        .flatMap(each -> each.prefix(names).stream())
        .findFirst()
        .orElse(null);
  }
}
