package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.token.Cleaning;
import io.github.maskalign.vit.text.token.OpenClipOptions;
import io.github.maskalign.vit.text.token.TokenBatch;
import io.github.maskalign.vit.text.token.Tokenizer;
import io.github.maskalign.vit.text.token.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Published tokenizers. */
final class TokenizerKinds {

  private TokenizerKinds() {}

  static void tokenizer(VectorCase given) {
    boolean openClip = given.text("library").equals("open_clip");
    Tokenizer tokenizer = open(given, openClip);
    Path file = given.manifest().path().resolveSibling(given.text("texts"));
    List<String> texts = new ArrayList<>();
    int row = 0;
    for (JsonNode expected : JsonFiles.value(file, JsonKind.CONFIGURATION)) {
      String text = expected.path("text").textValue();
      texts.add(text);
      row(given, tokenizer, "row " + row++, text, expected);
    }
    batch(given, tokenizer, texts, openClip);
    refused(given, tokenizer);
    same(given, "pad_id", tokenizer.settings().padding().orElse(-1));
    same(given, "vocab_size", tokenizer.size());
  }

  private static Tokenizer open(VectorCase given, boolean openClip) {
    Path folder = given.manifest().path().resolveSibling(given.text("folder"));
    if (!openClip) {
      return Tokenizers.transformers(folder);
    }
    return Tokenizers.openClip(
        folder,
        given.text("class").equals("SimpleTokenizer")
            ? simple(given)
            : OpenClipOptions.parse("text_cfg", given.setting("text_cfg").toString()));
  }

  private static OpenClipOptions simple(VectorCase given) {
    List<String> special = new ArrayList<>();
    given.setting("additional_special_tokens").forEach(token -> special.add(token.asText()));
    return OpenClipOptions.own(
        Cleaning.of(given.text("clean")), given.integer("context_length"), special);
  }

  private static void row(
      VectorCase given, Tokenizer tokenizer, String name, String text, JsonNode expected) {
    if (expected.has("cleaned")) {
      same(given, name + " cleaned", expected.path("cleaned").textValue(), tokenizer.clean(text));
    }
    if (!expected.has("ids")) {
      return;
    }
    int[] ids = new int[expected.path("ids").size()];
    Arrays.setAll(ids, i -> expected.path("ids").get(i).intValue());
    int[] got = tokenizer.encode(text);
    // OpenCLIP's encode leaves out the start and the end.
    int[] inner =
        given.text("class").equals("SimpleTokenizer")
            ? Arrays.copyOfRange(got, 1, got.length - 1)
            : got;
    same(given, name + " ids", Arrays.toString(ids), Arrays.toString(inner));
    for (int i = 0; i < expected.path("tokens").size(); i++) {
      String token = i < inner.length ? tokenizer.token(inner[i]) : null;
      String unknown = expected.path("tokens").get(i).textValue();
      same(given, name + " token " + i, unknown, token == null ? "none" : token);
    }
    decoded(given, tokenizer, name, ids, expected);
  }

  private static void decoded(
      VectorCase given, Tokenizer tokenizer, String name, int[] ids, JsonNode expected) {
    same(
        given,
        name + " decoded",
        expected.path("decoded").textValue(),
        tokenizer.decode(ids, false));
    if (expected.has("decoded_skip_special")) {
      same(
          given,
          name + " decoded without special tokens",
          expected.path("decoded_skip_special").textValue(),
          tokenizer.decode(ids, true));
    }
  }

  private static void batch(
      VectorCase given, Tokenizer tokenizer, List<String> texts, boolean openClip) {
    int length = given.integer(openClip ? "context_length" : "max_length");
    TokenBatch batch = tokenizer.encode(texts, length);
    double[] ids = new double[texts.size() * length];
    double[] mask = new double[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = batch.ids()[i / length][i % length];
      mask[i] = batch.mask()[i / length][i % length];
    }
    given.checks().values("out.input_ids", ids, texts.size(), length);
    given.checks().values("out.attention_mask", mask, texts.size(), length);
    if (!openClip) {
      boolean expected = given.checks().expects("out.attention_mask");
      boolean asked = tokenizer.settings().attentionMask();
      given.checks().that("attention mask", asked == expected, "asked for: " + asked);
    }
  }

  private static void refused(VectorCase given, Tokenizer tokenizer) {
    for (JsonNode each : given.manifest().config().path("refused")) {
      String text = each.path("text").textValue();
      boolean refused = false;
      try {
        tokenizer.encode(text);
      } catch (ArgumentException e) {
        refused = true;
      }
      given.checks().that("refused text", refused, "it is accepted");
    }
  }

  private static void same(VectorCase given, String key, int got) {
    if (given.hasSetting(key)) {
      given.checks().equal(key, got, given.integer(key), 0);
    }
  }

  private static void same(VectorCase given, String what, String expected, String got) {
    given
        .checks()
        .that(what, got.equals(expected), "expected %.200s, got %.200s".formatted(expected, got));
  }
}
