package io.github.maskalign.vit.text.token.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.token.pipeline.BertNormalizer;
import io.github.maskalign.vit.text.token.pipeline.Charsmap;
import io.github.maskalign.vit.text.token.pipeline.Decoder;
import io.github.maskalign.vit.text.token.pipeline.Normalizer;
import io.github.maskalign.vit.text.token.pipeline.PreTokenizer;
import io.github.maskalign.vit.text.token.pipeline.PreTokenizer.Prepend;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The steps that {@code tokenizer.json} describes. Regular expressions are known by name, since
 * those of a foreign file could take exponential time.
 *
 * @param name of the file, for messages
 */
record Components(String name) {

  /** CLIP's expression for pieces of text; newer files have special tokens in front of it. */
  private static final String CLIP =
      "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private static final String CLIP_SPECIAL = "<\\|startoftext\\|>|<\\|endoftext\\|>|";

  private static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private FormatException unsupported(String what, JsonNode node) {
    return new FormatException(
        "%s: %s %.120s is not supported".formatted(name, what, node.toString()));
  }

  private static <T> List<T> each(JsonNode list, Function<JsonNode, T> read) {
    List<T> all = new ArrayList<>();
    list.forEach(node -> all.add(read.apply(node)));
    return all;
  }

  Normalizer normalizer(JsonNode node) {
    if (absent(node)) {
      return Normalizer.none();
    }
    return switch (node.path("type").asText()) {
      case "Sequence" -> Normalizer.sequence(each(node.path("normalizers"), this::normalizer));
      case "NFC" -> Normalizer.unicode(Form.NFC);
      case "NFD" -> Normalizer.unicode(Form.NFD);
      case "NFKC" -> Normalizer.unicode(Form.NFKC);
      case "NFKD" -> Normalizer.unicode(Form.NFKD);
      case "Lowercase" -> Normalizer.lowerCase();
      case "StripAccents" -> Normalizer.stripAccents();
      case "Strip" ->
          Normalizer.strip(
              node.path("strip_left").asBoolean(true), node.path("strip_right").asBoolean(true));
      case "Prepend" -> Normalizer.prepend(node.path("prepend").asText());
      case "Replace" -> replace(node);
      case "BertNormalizer" -> {
        boolean lower = node.path("lowercase").asBoolean(true);
        yield new BertNormalizer(
            node.path("clean_text").asBoolean(true),
            node.path("handle_chinese_chars").asBoolean(true),
            node.path("strip_accents").asBoolean(lower),
            lower);
      }
      case "Precompiled" -> {
        byte[] blob = TokenizerJson.charsmap(name, node);
        yield blob.length == 0 ? Normalizer.none() : Charsmap.of(name, blob)::graphemes;
      }
      default -> throw unsupported("normalizer", node);
    };
  }

  private Normalizer replace(JsonNode node) {
    String content = node.path("content").asText();
    JsonNode pattern = node.path("pattern");
    String literal = pattern.path("String").asText();
    if (!literal.isEmpty()) {
      return Normalizer.replace(literal, content);
    }
    String regex = pattern.path("Regex").asText();
    if (content.equals(" ") && regex.equals("\\s+")) {
      return Normalizer.collapseSpace();
    }
    if (content.equals(" ") && regex.equals(" {2,}")) {
      return Normalizer.collapseBlanks();
    }
    throw unsupported("normalizer", node);
  }

  PreTokenizer preTokenizer(JsonNode node) {
    if (absent(node)) {
      return PreTokenizer.none();
    }
    return switch (node.path("type").asText()) {
      case "Sequence" ->
          PreTokenizer.sequence(each(node.path("pretokenizers"), this::preTokenizer));
      case "WhitespaceSplit" -> PreTokenizer.atSpace();
      case "BertPreTokenizer" -> PreTokenizer.bert();
      case "ByteLevel" ->
          PreTokenizer.byteLevel(
              node.path("add_prefix_space").asBoolean(true),
              node.path("use_regex").asBoolean(true));
      case "Metaspace" -> PreTokenizer.metaspace(replacement(node), prepend(node), split(node));
      case "Split" -> split(node.path("pattern"), node);
      default -> throw unsupported("pre-tokenizer", node);
    };
  }

  private static boolean split(JsonNode node) {
    return node.path("split").asBoolean(true);
  }

  private PreTokenizer split(JsonNode pattern, JsonNode node) {
    String behavior = node.path("behavior").asText();
    boolean invert = node.path("invert").asBoolean(false);
    String literal = pattern.path("String").asText();
    if (!literal.isEmpty() && behavior.equals("MergedWithPrevious") && !invert) {
      return PreTokenizer.after(literal);
    }
    String regex = pattern.path("Regex").asText();
    boolean special = regex.startsWith(CLIP_SPECIAL);
    if (behavior.equals("Removed")
        && invert
        && regex.equals(special ? CLIP_SPECIAL + CLIP : CLIP)) {
      return PreTokenizer.clip(special);
    }
    throw unsupported("pre-tokenizer", node);
  }

  private static String replacement(JsonNode node) {
    return node.path("replacement").asText("\u2581");
  }

  private Prepend prepend(JsonNode node) {
    // Files before 2024 have a flag.
    String scheme =
        node.path("prepend_scheme")
            .asText(node.path("add_prefix_space").asBoolean(true) ? "always" : "never");
    return switch (scheme) {
      case "always" -> Prepend.ALWAYS;
      case "first" -> Prepend.FIRST;
      case "never" -> Prepend.NEVER;
      default -> throw unsupported("step", node);
    };
  }

  Decoder decoder(JsonNode node) {
    if (absent(node)) {
      return Decoder.spaced();
    }
    return switch (node.path("type").asText()) {
      case "Sequence" -> Decoder.sequence(each(node.path("decoders"), this::decoder));
      case "ByteLevel" -> Decoder.byteLevel();
      case "ByteFallback" -> Decoder.byteFallback();
      case "Fuse" -> Decoder.fuse();
      case "Metaspace" -> Decoder.metaspace(replacement(node), prepend(node));
      case "WordPiece" ->
          Decoder.wordPiece(node.path("prefix").asText("##"), node.path("cleanup").asBoolean(true));
      case "Strip" ->
          Decoder.strip(
              node.path("content").asText(" "),
              node.path("start").asInt(0),
              node.path("stop").asInt(0));
      case "Replace" -> {
        String literal = node.path("pattern").path("String").asText();
        if (literal.isEmpty()) {
          throw unsupported("decoder", node);
        }
        yield Decoder.replace(literal, node.path("content").asText());
      }
      default -> throw unsupported("decoder", node);
    };
  }

  /**
   * The ids around a text.
   *
   * @param before in front of it
   * @param after behind it
   */
  record Around(int[] before, int[] after) {}

  Around around(JsonNode node) {
    if (absent(node)) {
      return new Around(new int[0], new int[0]);
    }
    return switch (node.path("type").asText()) {
      case "RobertaProcessing", "BertProcessing" ->
          new Around(
              new int[] {id(node, node.path("cls").path(1))},
              new int[] {id(node, node.path("sep").path(1))});
      case "TemplateProcessing" -> template(node);
      case "ByteLevel" -> new Around(new int[0], new int[0]);
      case "Sequence" -> {
        Around around = new Around(new int[0], new int[0]);
        for (JsonNode step : node.path("processors")) {
          Around next = around(step);
          around = new Around(joined(next.before, around.before), joined(around.after, next.after));
        }
        yield around;
      }
      default -> throw unsupported("post-processor", node);
    };
  }

  private static int[] joined(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private int id(JsonNode node, JsonNode id) {
    if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
      throw unsupported("post-processor", node);
    }
    return id.intValue();
  }

  private Around template(JsonNode node) {
    Around around = new Around(new int[0], new int[0]);
    boolean behind = false;
    for (JsonNode piece : node.path("single")) {
      if (piece.has("Sequence")) {
        if (behind) {
          throw unsupported("post-processor", node);
        }
        behind = true;
        continue;
      }
      String key = piece.path("SpecialToken").path("id").asText();
      JsonNode ids = node.path("special_tokens").path(key).path("ids");
      if (!ids.isArray()) {
        throw unsupported("post-processor", node);
      }
      for (JsonNode each : ids) {
        int[] one = {id(node, each)};
        around =
            behind
                ? new Around(around.before, joined(around.after, one))
                : new Around(joined(around.before, one), around.after);
      }
    }
    return around;
  }
}
