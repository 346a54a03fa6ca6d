package io.github.maskalign.vit.text.token.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.token.model.Vocabulary;
import io.github.maskalign.vit.text.token.pipeline.AddedToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tokenizer_config.json}, and in older folders {@code special_tokens_map.json} and
 * {@code added_tokens.json}, say beside the vocabulary. Files that are missing say nothing.
 */
public final class TokenizerConfig {

  /** Roles of special tokens, in the order in which transformers adds them. */
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** Keys of further special tokens. */
  private static final List<String> EXTRA =
      List.of("extra_special_tokens", "additional_special_tokens");

  /** Above any id, below the limit of an int. */
  private static final int MAX_ID = 1 << 24;

  private static final String FILE = "tokenizer_config.json";
  private static final String DECODER = "added_tokens_decoder";

  private final String name;
  private final JsonNode config;
  private final JsonNode specialMap;
  private final JsonNode addedFile;

  private TokenizerConfig(String name, JsonNode config, JsonNode specialMap, JsonNode addedFile) {
    this.name = name;
    this.config = config;
    this.specialMap = specialMap;
    this.addedFile = addedFile;
  }

  /**
   * Reads what is in a folder.
   *
   * @throws FormatException if a file is damaged
   */
  public static TokenizerConfig read(Path folder) {
    JsonNode config = optional(folder.resolve(FILE));
    boolean complete = config.path(DECODER).isObject();
    JsonNode none = JsonNodeFactory.instance.objectNode();
    return new TokenizerConfig(
        folder.resolve(FILE).toString(),
        config,
        complete ? none : optional(folder.resolve("special_tokens_map.json")),
        complete ? none : optional(folder.resolve("added_tokens.json")));
  }

  private static JsonNode optional(Path file) {
    return Files.exists(file)
        ? JsonFiles.object(file, JsonKind.VOCABULARY)
        : JsonNodeFactory.instance.objectNode();
  }

  /** Name of the file, for messages. */
  public String name() {
    return name;
  }

  /** The class that the file names, without {@code Fast}; empty if none. */
  public String className() {
    String text = config.path("tokenizer_class").asText("");
    return text.endsWith("Fast") && !text.equals("PreTrainedTokenizerFast")
        ? text.substring(0, text.length() - "Fast".length())
        : text;
  }

  /** A flag; null if it is absent or null. */
  public @Nullable Boolean flag(String key) {
    JsonNode value = config.path(key);
    if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
      throw new FormatException("%s: %s is %s; expected true or false".formatted(name, key, value));
    }
    return value.isBoolean() ? value.booleanValue() : null;
  }

  /** A flag with the value that holds if it is absent or null. */
  public boolean flag(String key, boolean absent) {
    Boolean value = flag(key);
    return value == null ? absent : value;
  }

  /** A text; null if it is absent. */
  public @Nullable String text(String key) {
    return config.path(key).textValue();
  }

  /**
   * A whole number; {@code absent} if it is absent or null; numbers above an int are the largest.
   */
  public int number(String key, int absent) {
    JsonNode value = config.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isNumber() || !(value.doubleValue() >= 0)) {
      throw new FormatException(
          "%s: %s is %s; expected a whole number".formatted(name, key, value));
    }
    return (int) Math.min(Integer.MAX_VALUE, value.doubleValue());
  }

  /** Whether a list has a text; {@code absent} if there is no list. */
  public boolean lists(String key, String text, boolean absent) {
    JsonNode list = config.path(key);
    if (!list.isArray()) {
      return absent;
    }
    for (JsonNode each : list) {
      if (each.asText().equals(text)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The token of a role, as {@code pad_token}.
   *
   * @param absent the token of the class; null for none
   */
  public @Nullable String special(String role, @Nullable String absent) {
    JsonNode value = role(role);
    if (value.isMissingNode()) {
      return absent;
    }
    return content(value);
  }

  private JsonNode role(String role) {
    JsonNode value = specialMap.path(role);
    return value.isMissingNode() ? config.path(role) : value;
  }

  private static @Nullable String content(JsonNode value) {
    return value.isObject() ? value.path("content").textValue() : value.textValue();
  }

  /**
   * The tokens to cut out of texts.
   *
   * @param file tokens of {@code tokenizer.json}, used if this configuration lists none
   * @param defaults tokens of the class by their roles
   * @param more further tokens of the class, used if this configuration has no list of such
   */
  public List<AddedToken> added(
      Vocabulary vocabulary,
      List<AddedToken> file,
      Map<String, String> defaults,
      List<AddedToken> more) {
    TreeMap<Integer, AddedToken> listed = new TreeMap<>();
    if (config.path(DECODER).isObject()) {
      config
          .path(DECODER)
          .properties()
          .forEach(e -> listed.put(id(e.getKey()), token(e.getValue(), false)));
    } else {
      addedFile
          .properties()
          .forEach(
              e ->
                  listed.put(
                      id(e.getValue().asText()),
                      new AddedToken(
                          e.getKey(),
                          0,
                          isRole(e.getKey()),
                          !isRole(e.getKey()),
                          false,
                          false,
                          false)));
      file.forEach(token -> listed.put(token.id(), token));
    }
    Map<String, AddedToken> flags = new LinkedHashMap<>();
    listed.values().forEach(token -> flags.put(token.content(), token));
    List<AddedToken> tokens = new ArrayList<>(listed.values());
    for (String role : ROLES) {
      JsonNode value = role(role);
      String content = special(role, defaults.get(role));
      if (content != null && flags.containsKey(content)) {
        tokens.add(special(flags.get(content)));
      } else if (value.isObject() && content != null) {
        tokens.add(special(token(value, true)));
      } else if (content != null) {
        tokens.add(plain(content));
      }
    }
    extra()
        .forEach(
            value -> tokens.add(value.isObject() ? token(value, true) : plain(value.asText())));
    if (EXTRA.stream().noneMatch(config::has)) {
      Set<String> known = tokens.stream().map(AddedToken::content).collect(Collectors.toSet());
      more.stream().filter(token -> known.add(token.content())).forEach(tokens::add);
    }
    return numbered(vocabulary, tokens);
  }

  private boolean isRole(String content) {
    return ROLES.stream().anyMatch(role -> content.equals(special(role, null)));
  }

  private List<JsonNode> extra() {
    List<JsonNode> extra = new ArrayList<>();
    for (JsonNode source : List.of(config, specialMap)) {
      for (String key : EXTRA) {
        if (source.path(key).isContainerNode()) {
          source.path(key).forEach(extra::add);
        }
      }
    }
    return extra;
  }

  private int id(String text) {
    try {
      int id = Integer.parseInt(text);
      if (id >= 0 && id <= MAX_ID) {
        return id;
      }
    } catch (NumberFormatException _) {
      // Refused below, as a number out of range.
    }
    throw new FormatException("%s: invalid id '%s' of an added token".formatted(name, text));
  }

  private AddedToken token(JsonNode value, boolean special) {
    return addedToken(name, value, 0, special);
  }

  /** An added token as files describe one. */
  static AddedToken addedToken(String name, JsonNode value, int id, boolean special) {
    String content = value.path("content").textValue();
    if (content == null) {
      throw new FormatException(name + ": an added token has no content");
    }
    boolean isSpecial = special || value.path("special").asBoolean(false);
    return new AddedToken(
        content,
        id,
        isSpecial,
        value.path("normalized").asBoolean(!isSpecial),
        value.path("lstrip").asBoolean(false),
        value.path("rstrip").asBoolean(false),
        value.path("single_word").asBoolean(false));
  }

  private static AddedToken special(AddedToken token) {
    return new AddedToken(
        token.content(),
        token.id(),
        true,
        token.normalized(),
        token.stripLeft(),
        token.stripRight(),
        token.singleWord());
  }

  /** A special token, matched as it is. */
  static AddedToken plain(String content) {
    return new AddedToken(content, 0, true, false, false, false, false);
  }

  /** Of equal tokens the last one holds; those outside the vocabulary get the next ids. */
  static List<AddedToken> numbered(Vocabulary vocabulary, List<AddedToken> tokens) {
    Map<String, AddedToken> numbered = new LinkedHashMap<>();
    int next = vocabulary.size();
    for (AddedToken token : tokens) {
      if (token.content().isEmpty()) {
        continue;
      }
      AddedToken earlier = numbered.get(token.content());
      Integer known =
          earlier != null ? Integer.valueOf(earlier.id()) : vocabulary.id(token.content());
      int id = known != null ? known : next++;
      numbered.put(
          token.content(),
          new AddedToken(
              token.content(),
              id,
              token.special(),
              token.normalized(),
              token.stripLeft(),
              token.stripRight(),
              token.singleWord()));
    }
    return List.copyOf(numbered.values());
  }
}
