package io.github.maskalign.vit.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Kinds of JSON files by their limits. A parsed value takes up to 60 bytes of memory for each
 * token, that is a bracket, name or scalar, beyond its text.
 *
 * @since 0.1.0
 */
public enum JsonKind {
  /** Settings and small records; the names of 21,843 classes fit. */
  CONFIGURATION("a configuration", 4 << 20, 500_000),

  /** State and records of a run or a comparison, the largest with a value per parameter. */
  RUN("a file of a run", 16 << 20, 1_000_000),

  /** The names of all tensors of a network with their files. */
  INDEX("an index of shards", 16 << 20, 500_000),

  /** What the Hub says of a repository, or 1,000 of its files. */
  HUB("an answer of the Hub", 16 << 20, 500_000),

  /** A vocabulary with its merges; SigLIP 2's has 34 MB and 3 million tokens. */
  VOCABULARY("a tokenizer", 64 << 20, 4_000_000);

  /** Far beyond what such files need. */
  private static final int MAX_DEPTH = 64;

  /** Longer numbers are slow to parse. */
  private static final int MAX_DIGITS = 400;

  private final String title;
  private final int maxBytes;
  private final JsonMapper mapper;

  JsonKind(String title, int maxBytes, int maxTokens) {
    this.title = title;
    this.maxBytes = maxBytes;
    JsonFactory factory =
        new JsonFactoryBuilder()
            // Names of a foreign file must not fill a table that outlives the parser.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_DIGITS)
                    .maxNameLength(maxBytes)
                    .maxStringLength(maxBytes)
                    .maxTokenCount(maxTokens)
                    .build())
            .build();
    // Strict, since a value that is missing or null would silently become zero, one of another
    // type something else, and one that is there twice either.
    this.mapper =
        JsonMapper.builder(factory)
            .enable(
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();
  }

  /** A description for messages. */
  String title() {
    return title;
  }

  /** The most bytes of such a file. */
  public int maxBytes() {
    return maxBytes;
  }

  JsonMapper mapper() {
    return mapper;
  }
}
