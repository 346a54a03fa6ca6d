package io.github.maskalign.tensor.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses a header in one pass over its JSON tokens, without recursion, and checks every rule.
 * Memory use is proportional to the bytes present in the file.
 */
final class HeaderReader {

  private static final ValueLayout.OfLong U64_LE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** No unsigned 64-bit number has more digits. */
  private static final int MAX_DIGITS = 20;

  /** Not a rule of the format, but beyond any library; bounds a hostile list. */
  private static final int MAX_AXES = 256;

  /** Root object, entry, list of numbers; one more, so that our own check reports the error. */
  private static final int MAX_DEPTH = 4;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          // Names of a foreign file must not fill a table that outlives the parser.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_DIGITS)
                  .maxNameLength(Header.MAX_BYTES)
                  .maxStringLength(Header.MAX_BYTES)
                  .build())
          .build();

  private final Path file;
  private final JsonParser json;

  /** The tensor being read, for messages. */
  private @Nullable String tensor;

  private HeaderReader(Path file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Reads and validates the header of a whole file.
   *
   * @throws FormatException naming the file, the tensor where there is one, and the broken rule
   */
  static Header read(Path file, MemorySegment bytes) {
    long length = headerLength(file, bytes);
    ByteBuffer text = bytes.asSlice(Header.PREFIX_BYTES, length).asByteBuffer();
    // The parser's own decoder accepts malformed UTF-8; this one rejects it.
    InputStreamReader characters =
        new InputStreamReader(
            new BufferStream(text),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try (JsonParser json = JSON.createParser(characters)) {
      return new HeaderReader(file, json).read(length, bytes.byteSize());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long headerLength(Path file, MemorySegment bytes) {
    long size = bytes.byteSize();
    if (size < Header.PREFIX_BYTES) {
      throw new FormatException(
          "%s: %d bytes are too few for the 8-byte header length; not a safetensors file"
              .formatted(file, size));
    }
    long length = bytes.get(U64_LE, 0);
    if (length < 0 || length > Header.MAX_BYTES) {
      throw new FormatException(
          "%s: header length %s exceeds the limit of %d; not a safetensors file"
              .formatted(file, Long.toUnsignedString(length), Header.MAX_BYTES));
    }
    if (length > size - Header.PREFIX_BYTES) {
      throw new FormatException(
          "%s: header length %d exceeds the file of %d bytes; the file is truncated"
              .formatted(file, length, size));
    }
    if (length == 0 || bytes.get(ValueLayout.JAVA_BYTE, Header.PREFIX_BYTES) != '{') {
      throw new FormatException(
          file + ": the header does not start with '{'; not a safetensors file");
    }
    return length;
  }

  private Header read(long headerBytes, long fileBytes) throws IOException {
    Map<String, String> metadata = Map.of();
    List<Entry> entries = new ArrayList<>();
    try {
      json.nextToken();
      String name;
      while ((name = json.nextFieldName()) != null) {
        if (name.equals(Header.METADATA)) {
          metadata = readMetadata();
        } else {
          tensor = name;
          entries.add(readEntry(name));
          tensor = null;
        }
      }
      if (json.nextToken() != null) {
        throw fault("unexpected content follows the closing brace of the header");
      }
    } catch (CharacterCodingException e) {
      throw new FormatException(prefix() + "the header is not valid UTF-8", e);
    } catch (JacksonException e) {
      throw new FormatException(
          prefix() + "the header is not valid JSON: " + e.getOriginalMessage(), e);
    }
    entries.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::bytes));
    long dataStart = Header.PREFIX_BYTES + headerBytes;
    checkCoverage(entries, fileBytes - dataStart);
    return new Header(metadata, entries, dataStart);
  }

  private Map<String, String> readMetadata() throws IOException {
    if (json.nextToken() == JsonToken.VALUE_NULL) {
      return Map.of();
    }
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw fault("__metadata__ is not an object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    String key;
    while ((key = json.nextFieldName()) != null) {
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw fault("__metadata__ value of " + Header.quote(key) + " is not a string");
      }
      metadata.put(key, text());
    }
    return metadata;
  }

  private Entry readEntry(String name) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw fault("is not described by an object");
    }
    SafeDType dtype = null;
    List<Long> dims = null;
    List<Long> offsets = null;
    String key;
    while ((key = json.nextFieldName()) != null) {
      switch (key) {
        case Header.DTYPE -> dtype = readDType();
        case Header.SHAPE -> dims = readIntegers(key);
        case Header.OFFSETS -> offsets = readIntegers(key);
        default -> {
          // Ignored by the reference implementation as well.
          json.nextToken();
          json.skipChildren();
        }
      }
    }
    if (dtype == null || dims == null || offsets == null) {
      throw fault("dtype, shape or data_offsets is missing");
    }
    if (offsets.size() != 2) {
      throw fault("data_offsets has " + offsets.size() + " numbers instead of 2");
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (begin > end) {
      throw fault("data_offsets begin at %d after their end %d".formatted(begin, end));
    }
    long bytes = byteSize(dtype, dims);
    if (end - begin != bytes) {
      throw fault(
          "data_offsets [%d, %d] span %d bytes, its shape and dtype %s need %d"
              .formatted(begin, end, end - begin, dtype, bytes));
    }
    return new Entry(name, dtype, dims, begin, bytes);
  }

  private SafeDType readDType() throws IOException {
    if (json.nextToken() != JsonToken.VALUE_STRING) {
      throw fault("dtype is not a string");
    }
    String name = text();
    return SafeDType.named(name).orElseThrow(() -> fault("unknown dtype " + Header.quote(name)));
  }

  private List<Long> readIntegers(String key) throws IOException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      throw fault(key + " is not a list");
    }
    List<Long> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getText().startsWith("-")) {
        throw fault(key + " contains something other than non-negative integers");
      }
      if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw fault(key + " contains " + json.getText() + ", which is beyond 2^63 - 1");
      }
      if (values.size() == MAX_AXES) {
        throw fault(key + " has more than " + MAX_AXES + " numbers");
      }
      values.add(json.getLongValue());
    }
    return values;
  }

  private long byteSize(SafeDType dtype, List<Long> dims) {
    long bits;
    try {
      long elements = 1;
      for (long dim : dims) {
        elements = Math.multiplyExact(elements, dim);
      }
      bits = Math.multiplyExact(elements, dtype.bits());
    } catch (ArithmeticException e) {
      throw new FormatException(prefix() + "the size of its shape overflows", e);
    }
    if (bits % Byte.SIZE != 0) {
      throw fault("%s of shape %s do not fill whole bytes".formatted(dtype, dims));
    }
    return bits / Byte.SIZE;
  }

  /** Tensors must cover the data from its first byte to its last, each byte once. */
  private void checkCoverage(List<Entry> entries, long dataBytes) {
    long covered = 0;
    for (Entry entry : entries) {
      tensor = entry.name();
      if (entry.offset() > covered) {
        throw fault("begins at %d and leaves a gap after %d".formatted(entry.offset(), covered));
      }
      if (entry.offset() < covered) {
        throw fault("begins at %d and overlaps data up to %d".formatted(entry.offset(), covered));
      }
      if (entry.bytes() > dataBytes - covered) {
        throw fault(
            "ends at %d, beyond the %d bytes of data in the file; the file is truncated"
                .formatted(covered + entry.bytes(), dataBytes));
      }
      covered += entry.bytes();
    }
    tensor = null;
    if (covered != dataBytes) {
      throw fault(
          "tensors end at %d, before the end of the data at %d".formatted(covered, dataBytes));
    }
  }

  /** Returns a string value; the parser itself checks surrogates only in names. */
  private String text() throws IOException {
    String text = json.getText();
    if (!Header.isText(text)) {
      throw fault("the string " + Header.quote(text) + " contains an unpaired surrogate");
    }
    return text;
  }

  private FormatException fault(String rule) {
    return new FormatException(prefix() + rule);
  }

  private String prefix() {
    return file + ": " + (tensor == null ? "" : "tensor " + Header.quote(tensor) + ": ");
  }

  /** A byte buffer as a stream. */
  private static final class BufferStream extends InputStream {

    private final ByteBuffer buffer;

    BufferStream(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public int read() {
      return buffer.hasRemaining() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (!buffer.hasRemaining()) {
        return length == 0 ? 0 : -1;
      }
      int count = Math.min(length, buffer.remaining());
      buffer.get(target, offset, count);
      return count;
    }
  }
}
