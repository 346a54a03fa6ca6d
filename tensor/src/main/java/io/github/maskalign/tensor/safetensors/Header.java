package io.github.maskalign.tensor.safetensors;

import io.github.maskalign.tensor.safetensors.SafeTensorsFile.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The facts of a header that passed every rule, and what reader and writer agree on.
 *
 * @param entries in the order of their data
 * @param dataStart first byte of the data in the file
 */
record Header(Map<String, String> metadata, List<Entry> entries, long dataStart) {

  /** The limit of the reference implementation; also what bounds the memory a header can take. */
  static final int MAX_BYTES = 100_000_000;

  /** Bytes of the header length at the start of the file. */
  static final int PREFIX_BYTES = Long.BYTES;

  static final String METADATA = "__metadata__";
  static final String DTYPE = "dtype";
  static final String SHAPE = "shape";
  static final String OFFSETS = "data_offsets";

  private static final int QUOTE_LIMIT = 120;

  Header {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    entries = List.copyOf(entries);
  }

  /** Whether a string can be stored as UTF-8, which a lone half of a surrogate pair cannot. */
  static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** A name from a file, made safe to show: clipped, control characters replaced. */
  static String quote(String text) {
    String clipped = text.length() <= QUOTE_LIMIT ? text : text.substring(0, QUOTE_LIMIT) + "...";
    return "'" + clipped.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
