package io.github.maskalign.vit.text.token;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How OpenCLIP uses a tokenizer.
 *
 * @param huggingFace whether it is one of transformers behind OpenCLIP's cleaning; else it is
 *     OpenCLIP's own
 * @param cleaning of texts
 * @param context maximum number of tokens
 * @param special further special tokens of OpenCLIP's own tokenizer, in the order of their ids
 * @param stripSeparator whether separators become 0
 * @param clips whether a tokenizer of transformers gets other special tokens, as in OpenCLIP's mode
 *     of that name: start, text, end, padding, and a class token at the end of the row
 * @since 0.1.0
 */
public record OpenClipOptions(
    boolean huggingFace,
    Cleaning cleaning,
    int context,
    List<String> special,
    boolean stripSeparator,
    boolean clips) {

  private static final String FILE = "open_clip_config.json";
  private static final String MODE = "tokenizer_mode";
  private static final String REDUCTION = "tokenizer_reduction_mask";
  private static final int CONTEXT = 77;

  private static final Set<String> KNOWN =
      Set.of("clean", "strip_sep_token", "additional_special_tokens", "context_length");

  /**
   * Checks the special tokens, of which OpenCLIP makes a regular expression.
   *
   * @throws FormatException if one of them is more than a plain text there
   */
  public OpenClipOptions {
    special = List.copyOf(special);
    for (String token : special) {
      if (token.isEmpty() || token.chars().anyMatch(c -> "\\.[]{}()*+?^$|".indexOf(c) >= 0)) {
        throw new FormatException(
            "the special token '%s' is a regular expression to OpenCLIP; expected a plain text"
                .formatted(token));
      }
    }
  }

  /** OpenCLIP's own tokenizer, as CLIP's networks use it. */
  public static OpenClipOptions defaults() {
    return own(Cleaning.LOWER, CONTEXT, List.of());
  }

  /**
   * OpenCLIP's own tokenizer.
   *
   * @param cleaning of texts before they are tokenized
   * @param context maximum number of tokens
   * @param special further special tokens, in the order of their ids
   */
  public static OpenClipOptions own(Cleaning cleaning, int context, List<String> special) {
    return new OpenClipOptions(false, cleaning, context, special, false, false);
  }

  /**
   * The options in {@code open_clip_config.json} of a folder.
   *
   * @throws FormatException if it is missing or damaged, or an option is not supported
   */
  public static OpenClipOptions read(Path folder) {
    Path file = folder.resolve(FILE);
    JsonNode config = JsonFiles.object(file, JsonKind.CONFIGURATION);
    JsonNode model = config.has("model_cfg") ? config.path("model_cfg") : config;
    return of(file.toString(), model.path("text_cfg"));
  }

  /**
   * The options of a {@code text_cfg}.
   *
   * @param name for messages
   * @throws FormatException if it is not JSON, or an option is not supported
   */
  public static OpenClipOptions parse(String name, String text) {
    return of(name, JsonFiles.object(name, text, JsonKind.CONFIGURATION));
  }

  private static OpenClipOptions of(String name, JsonNode text) {
    JsonNode options = text.path("tokenizer_kwargs");
    for (String key : (Iterable<String>) options::fieldNames) {
      if (!KNOWN.contains(key) && !options.path(key).isNull()) {
        throw new FormatException(
            "%s: text_cfg.tokenizer_kwargs.%s is not supported; known are %s"
                .formatted(name, key, KNOWN.stream().sorted().toList()));
      }
    }
    boolean huggingFace = !text.path("hf_tokenizer_name").asText("").isEmpty();
    String mode = huggingFace ? stated(text, MODE) : "";
    boolean clips = mode.equals("clips");
    if (!mode.isEmpty() && !clips) {
      throw unsupported(name, text, MODE);
    }
    if (!stated(text, REDUCTION).isEmpty()) {
      throw unsupported(name, text, REDUCTION);
    }
    int context = options.path("context_length").asInt(text.path("context_length").asInt(CONTEXT));
    Cleaning usual = huggingFace ? Cleaning.WHITESPACE : Cleaning.LOWER;
    JsonNode clean = options.path("clean");
    List<String> special = new ArrayList<>();
    options.path("additional_special_tokens").forEach(token -> special.add(token.asText()));
    boolean strip = options.path("strip_sep_token").asBoolean(false);
    try {
      Cleaning cleaning = clean.isTextual() ? Cleaning.of(clean.textValue()) : usual;
      return new OpenClipOptions(huggingFace, cleaning, context, special, strip, clips);
    } catch (FormatException e) {
      throw new FormatException(name + ": " + e.getMessage(), e);
    }
  }

  private static FormatException unsupported(String name, JsonNode text, String key) {
    return new FormatException(
        "%s: text_cfg.%s %s is not supported".formatted(name, key, text.path(key)));
  }

  private static String stated(JsonNode text, String key) {
    return text.path(key).isNull() ? "" : text.path(key).asText("");
  }
}
