package io.github.maskalign.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.json.JsonWriter;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a network as one line of JSON, {@code {"maskalign": {...}}}. Weight files
 * written by this library carry it in their metadata, so that they load without a configuration
 * file. What the first version did not have is written only where it differs from what that version
 * did, so that its files and those of later versions read alike.
 *
 * @since 0.1.0
 */
public final class ConfigMetadata {

  /** The metadata key. */
  public static final String KEY = "vit";

  /** The JSON field that contains all of {@link ViTConfig}. */
  public static final String FIELD = "maskalign";

  private static final String TOKENS = "tokens";
  private static final String BLOCKS = "blocks";
  private static final String PREFIX = "prefix";
  private static final String REGISTERS = "registers";
  private static final String POOL = "attentionPool";
  private static final String OUTPUT = "output";

  private static final List<String> LATER_TOKENS =
      List.of("distillationToken", "resampling", "rotaryBase");
  private static final List<String> LATER_BLOCKS = List.of("bias", "queryKeyNorm");

  private ConfigMetadata() {}

  /** The line that {@link #read} parses. */
  public static String write(ViTConfig config) {
    return JsonWriter.line(Map.of(FIELD, tree(config)));
  }

  /** The value of {@link #FIELD}. */
  public static ObjectNode tree(ViTConfig config) {
    ObjectNode all = (ObjectNode) JsonWriter.tree(config);
    ObjectNode first = (ObjectNode) JsonWriter.tree(defaults(config));
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("input", all.get("input"));
    ObjectNode tokens = json.putObject(TOKENS);
    tokens.put(PREFIX, config.prefixTokens());
    List.of("classToken", "positions", "positionedPrefix", "norm")
        .forEach(key -> tokens.set(key, all.get(TOKENS).get(key)));
    addChanged(tokens, LATER_TOKENS, all.get(TOKENS), first.get(TOKENS));
    ObjectNode blocks = json.putObject(BLOCKS);
    all.get(BLOCKS).properties().stream()
        .filter(entry -> !LATER_BLOCKS.contains(entry.getKey()))
        .forEach(entry -> blocks.set(entry.getKey(), entry.getValue()));
    addChanged(blocks, LATER_BLOCKS, all.get(BLOCKS), first.get(BLOCKS));
    json.put(POOL, config.output().pooling() == Pooling.ATTENTION);
    addChanged(json, List.of(OUTPUT), all, first);
    return json;
  }

  private static void addChanged(
      ObjectNode target, List<String> keys, JsonNode value, JsonNode usual) {
    for (String key : keys) {
      if (!value.get(key).equals(usual.get(key))) {
        target.set(key, value.get(key));
      }
    }
  }

  /** What the first version could say of a network. */
  private static ViTConfig defaults(ViTConfig config) {
    BlockConfig blocks = config.blocks();
    return new ViTConfig(
        config.input(),
        TokenConfig.of(config.tokens().classToken(), config.tokens().positions()),
        blocks.withBias(BlockConfig.Bias.ALL).withQueryKeyNorm(false),
        usualOutput(config.output().pooling() == Pooling.ATTENTION, config.tokens().classToken()));
  }

  private static OutputConfig usualOutput(boolean attentionPool, boolean classToken) {
    Pooling other = classToken ? Pooling.CLASS_TOKEN : Pooling.MEAN_PATCHES;
    return OutputConfig.of(attentionPool ? Pooling.ATTENTION : other).withNorm(FinalNorm.TOKENS);
  }

  /**
   * Parses a configuration.
   *
   * @param json text of an object with the field {@link #FIELD}; other fields are ignored
   * @throws FormatException if it is not JSON or the field is missing or incomplete
   */
  public static ViTConfig read(String json) {
    JsonNode field = JsonFiles.object("configuration", json, JsonKind.CONFIGURATION).path(FIELD);
    if (!(field instanceof ObjectNode stored)) {
      throw new FormatException("'" + FIELD + "': expected a JSON object with the configuration");
    }
    return JsonFiles.convert("'" + FIELD + "'", completed(stored), ViTConfig.class);
  }

  /** Adds what a file does not say since it is as in the first version. */
  private static ObjectNode completed(ObjectNode stored) {
    ObjectNode json = stored.deepCopy();
    boolean classToken = json.path(TOKENS).path("classToken").asBoolean();
    if (json.get(TOKENS) instanceof ObjectNode tokens) {
      add(tokens, LATER_TOKENS, JsonWriter.tree(TokenConfig.of(false, PositionEmbedding.LEARNED)));
      if (tokens.get(PREFIX) != null && tokens.get(PREFIX).isIntegralNumber()) {
        int named = (classToken ? 1 : 0) + (tokens.path("distillationToken").asBoolean() ? 1 : 0);
        int prefix = tokens.remove(PREFIX).intValue();
        if (prefix < named) {
          throw new FormatException(
              "'%s' is %d, but the tokens named are %d".formatted(PREFIX, prefix, named));
        }
        tokens.put(REGISTERS, prefix - named);
      }
    }
    if (json.get(BLOCKS) instanceof ObjectNode blocks) {
      blocks.set(
          "bias", blocks.has("bias") ? blocks.get("bias") : JsonWriter.tree(BlockConfig.Bias.ALL));
      if (!blocks.has("queryKeyNorm")) {
        blocks.put("queryKeyNorm", false);
      }
    }
    JsonNode pool = json.remove(POOL);
    if (!json.has(OUTPUT) && pool != null && pool.isBoolean()) {
      json.set(OUTPUT, JsonWriter.tree(usualOutput(pool.booleanValue(), classToken)));
    }
    return json;
  }

  private static void add(ObjectNode target, List<String> keys, JsonNode usual) {
    for (String key : keys) {
      if (!target.has(key)) {
        target.set(key, usual.get(key));
      }
    }
  }
}
