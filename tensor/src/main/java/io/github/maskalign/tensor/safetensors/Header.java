package io.github.maskalign.tensor.safetensors;

import io.github.maskalign.tensor.safetensors.SafeTensorsFile.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A validated header, and the constants that reader and writer share.
 *
 * @param entries tensors in the order of their data
 * @param dataStart first byte of the data in the file
 */
record Header(Map<String, String> metadata, List<Entry> entries, long dataStart) {

  /** The limit of the reference implementation, which also bounds the memory of a header. */
  static final int MAX_BYTES = 100_000_000;

  /** Size of the header length field at the start of the file. */
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

  /** Whether a string can be encoded as UTF-8, which excludes unpaired surrogates. */
  static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** Quotes a name from a file for display: truncated, with control characters replaced. */
  static String quote(String text) {
    String clipped = text.length() <= QUOTE_LIMIT ? text : text.substring(0, QUOTE_LIMIT) + "...";
    return "'" + clipped.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
