package io.github.maskalign.vit.weights.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransformersKeysTest {

  private static List<String> unknown(String json) {
    JsonNode config = JsonFiles.object("config.json", json, JsonKind.CONFIGURATION);
    return Families.reading(config).orElseThrow().unknownKeys(config);
  }

  @Test
  void everyTypeOfEveryFamilyIsInTheTable() {
    TransformersKeys keys = TransformersKeys.read();
    for (String type : Families.transformersTypes()) {
      assertTrue(keys.knows(type), type + ": add it to transformers_keys.py");
    }
  }

  @Test
  void namesWhatTheClassDoesNotKnow() {
    assertEquals(
        List.of("rotary", "use_swiglu_ffn"),
        unknown(
            """
            {"model_type": "vit", "hidden_size": 8, "rotary": false, "use_swiglu_ffn": true,
             "vision_window": null}
            """));
    assertEquals(List.of(), unknown("{\"model_type\": \"dinov2\", \"use_swiglu_ffn\": true}"));
  }

  @Test
  void namesThePartsOfPairs() {
    assertEquals(
        List.of("vision_config.window", "text_config.rope", "text_config_dict.rope", "fusion"),
        unknown(
            """
            {"model_type": "clip", "fusion": 1, "projection_dim": 8,
             "vision_config": {"hidden_size": 8, "window": 7, "torch_dtype": "float16"},
             "text_config": {"vocab_size": 8, "rope": 1}, "text_config_dict": {"rope": 1}}
            """));
    assertEquals(
        List.of("vision_config.image_size"),
        unknown("{\"model_type\": \"siglip2\", \"vision_config\": {\"image_size\": 224}}"));
    assertEquals(
        List.of("vision_config"),
        unknown("{\"model_type\": \"vit\", \"vision_config\": {\"hidden_size\": 8}}"));
  }

  /** As transformers 4 wrote them, every option of every network included. */
  @Test
  void isSilentAboutOldFiles() {
    assertEquals(
        List.of(),
        unknown(
            """
            {"architectures": ["CLIPModel"], "initializer_factor": 1.0, "model_type": "clip",
             "logit_scale_init_value": 2.6592, "projection_dim": 512, "torch_dtype": "float32",
             "transformers_version": null, "text_config_dict": null, "vision_config_dict": null,
             "text_config": {"_name_or_path": "", "add_cross_attention": false,
              "attention_dropout": 0.0, "bad_words_ids": null, "dropout": 0.0, "num_beams": 1,
              "pruned_heads": {}, "top_p": 1.0, "torchscript": false, "use_bfloat16": false,
              "model_type": "clip_text_model", "bos_token_id": 0, "eos_token_id": 2},
             "vision_config": {"gradient_checkpointing": false, "id2label": {"0": "LABEL_0"},
              "label2id": {"LABEL_0": 0}, "dropout": 0.0, "pruned_heads": {}, "patch_size": 32}}
            """));
    assertEquals(
        List.of("pruned_heads"),
        unknown("{\"model_type\": \"vit\", \"pruned_heads\": {\"0\": [1]}}"));
  }
}
