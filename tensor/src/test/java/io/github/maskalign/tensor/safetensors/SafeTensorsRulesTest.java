package io.github.maskalign.tensor.safetensors;

import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.entry;
import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.file;
import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.save;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule of the format with a file that breaks it, and what the message must say. */
class SafeTensorsRulesTest {

  private static final String GOOD = entry("a", "F32", "[2]", "[0,8]");

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource({"frame", "json", "entries", "coverage"})
  void isRefused(String rule, String message, byte[] bytes) {
    Path path = save(directory, bytes);
    FormatException refusal =
        assertTimeout(
            Duration.ofSeconds(10),
            () -> assertThrows(FormatException.class, () -> SafeTensorsFile.open(path)));
    String text = refusal.getMessage();
    assertTrue(text.startsWith(path + ": "), text);
    assertTrue(text.contains(message), text);
    assertTrue(text.length() < path.toString().length() + 500, text);
  }

  static Stream<Arguments> frame() {
    byte[] good = file("{" + GOOD + "}", 8);
    return Stream.of(
        bad("empty file", "header length", new byte[0]),
        bad("file of 7 bytes", "header length", new byte[7]),
        bad("length alone", "does not start with '{'", file("", 0)),
        bad("length over the limit", "limit", file(100_000_001L, new byte[0], 0)),
        bad("largest length", "limit of 100000000", file(Long.MAX_VALUE, new byte[0], 0)),
        bad("unsigned length", "18446744073709551615", file(-1, new byte[0], 0)),
        bad("length beyond the file", "truncated", file(100_000_000L, "{}".getBytes(UTF_8), 0)),
        bad("length one beyond the file", "truncated", file(3, "{}".getBytes(UTF_8), 0)),
        bad("cut within the header", "truncated", Arrays.copyOf(good, 20)),
        bad("cut within the data", "tensor 'a'", Arrays.copyOf(good, good.length - 1)),
        bad("leading blank", "does not start with '{'", file(" {}", 0)),
        bad("byte order mark", "does not start with '{'", file("\uFEFF{}", 0)),
        bad("list", "does not start with '{'", file("[]", 0)));
  }

  static Stream<Arguments> json() {
    String deep = "[".repeat(2_000_000);
    return Stream.of(
        bad("malformed UTF-8", "UTF-8", file("{\"\u00ff\":1}".getBytes(ISO_8859_1), 0)),
        bad("overlong UTF-8", "UTF-8", file("{\"\u00c0\u00af\":1}".getBytes(ISO_8859_1), 0)),
        bad("UTF-8 surrogate", "UTF-8", file("{\"\u00ed\u00a0\u0080\"".getBytes(ISO_8859_1), 0)),
        bad("UTF-16", "JSON", file("{}".getBytes(UTF_16LE), 0)),
        bad("unclosed object", "JSON", file("{", 0)),
        bad("unclosed string", "JSON", file("{\"a", 0)),
        bad("bare word", "JSON", file("{a:1}", 0)),
        bad("single quotes", "JSON", file("{'a':1}", 0)),
        bad("comment", "JSON", file("{/**/}", 0)),
        bad("trailing comma", "JSON", file("{" + GOOD + ",}", 8)),
        bad("raw control character", "JSON", file("{\"a\n\":1}", 0)),
        bad("leading zero", "JSON", file("{" + entry("a", "U8", "[01]", "[0,1]") + "}", 1)),
        bad("second object", "closing brace", file("{}{}", 0)),
        bad("garbage after the object", "JSON", file("{}x", 0)),
        bad("zero bytes for padding", "JSON", file("{}\0\0", 0)),
        bad("first half of a surrogate pair", "surrogate", file("{\"\\ud800\":1}", 0)),
        bad("second half of a surrogate pair", "surrogate", file("{\"\\udc00\":1}", 0)),
        bad("twice the same tensor", "Duplicate", file("{" + GOOD + "," + GOOD + "}", 8)),
        bad(
            "twice the same tensor, once escaped",
            "Duplicate",
            file("{" + GOOD + "," + GOOD.replace("\"a\"", "\"\\u0061\"") + "}", 8)),
        bad(
            "twice the same key in a tensor",
            "tensor 'a': the header is not valid JSON: Duplicate",
            file("{" + GOOD.replace("\"shape\"", "\"dtype\"") + "}", 8)),
        bad(
            "twice the same key in metadata",
            "Duplicate",
            file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"1\"}}", 0)),
        bad("twice metadata", "Duplicate", file("{\"__metadata__\":{},\"__metadata__\":{}}", 0)),
        bad("metadata list", "__metadata__", file("{\"__metadata__\":[]}", 0)),
        bad("metadata null within", "'k'", file("{\"__metadata__\":{\"k\":null}}", 0)),
        bad("metadata string", "__metadata__", file("{\"__metadata__\":\"k\"}", 0)),
        bad("metadata number", "'k'", file("{\"__metadata__\":{\"k\":1}}", 0)),
        bad("metadata object", "'k'", file("{\"__metadata__\":{\"k\":{}}}", 0)),
        bad("metadata surrogate", "surrogate", file("{\"__metadata__\":{\"k\":\"\\udc00\"}}", 0)),
        bad("deep nesting of a tensor", "tensor 'a'", file("{\"a\":" + deep, 0)),
        bad("deep nesting of a shape", "shape", file("{\"a\":{\"shape\":" + deep, 0)),
        bad("deep nesting of objects", "'a'", file("{\"a\":".repeat(500_000), 0)),
        bad("endless name", "JSON", file("{\"" + "n".repeat(5_000_000), 0)),
        bad("long name", "n...'", file("{\"" + "n".repeat(5_000_000) + "\":1}", 0)));
  }

  static Stream<Arguments> entries() {
    return Stream.of(
        bad("tensor is a number", "object", file("{\"a\":1}", 0)),
        bad("tensor is null", "object", file("{\"a\":null}", 0)),
        bad("no dtype", "is missing", file("{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1)),
        bad("no shape", "is missing", file("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1)),
        bad("no offsets", "is missing", file("{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1)),
        bad("unknown key alone", "is missing", file("{\"a\":{\"extra\":1}}", 0)),
        badEntry("F4", "[3]", "[0,2]", "do not fill whole bytes"),
        badEntry("F4", "[16]", "[0,7]", "need 8"),
        badEntry("F6_E2M3", "[2]", "[0,2]", "do not fill whole bytes"),
        badEntry("C64", "[2]", "[0,8]", "need 16"),
        badEntry("F8", "[8]", "[0,8]", "unknown dtype 'F8'"),
        badEntry("C128", "[1]", "[0,16]", "unknown dtype 'C128'"),
        badEntry("F31", "[2]", "[0,8]", "unknown dtype 'F31'"),
        badEntry("f32", "[2]", "[0,8]", "unknown dtype 'f32'"),
        bad("dtype number", "dtype", file("{\"a\":{\"dtype\":32}}", 0)),
        badEntry("F32", "[1" + ",1".repeat(1_000_000) + "]", "[0,8]", "more than 256"),
        badEntry("F32", "2", "[0,8]", "shape is not a list"),
        badEntry("F32", "null", "[0,8]", "shape is not a list"),
        badEntry("F32", "{}", "[0,8]", "shape is not a list"),
        badEntry("F32", "[\"2\"]", "[0,8]", "non-negative integers"),
        badEntry("F32", "[null]", "[0,8]", "non-negative integers"),
        badEntry("F32", "[2.0]", "[0,8]", "non-negative integers"),
        badEntry("F32", "[2e0]", "[0,8]", "non-negative integers"),
        badEntry("F32", "[-2]", "[0,8]", "non-negative integers"),
        badEntry("F32", "[-0]", "[0,0]", "non-negative integers"),
        badEntry("F32", "[[2]]", "[0,8]", "non-negative integers"),
        badEntry("F32", "[9223372036854775808]", "[0,8]", "beyond 2^63"),
        badEntry("F32", "[1" + "0".repeat(1_000_000) + "]", "[0,8]", "JSON"),
        badEntry("F32", "[1e" + "9".repeat(1_000_000) + "]", "[0,8]", "JSON"),
        badEntry("F32", "[4294967296,4294967296]", "[0,8]", "overflows"),
        badEntry("F32", "[4294967296,4294967296,0]", "[0,0]", "overflows"),
        badEntry("F64", "[1152921504606846976]", "[0,0]", "overflows"),
        badEntry("F32", "[2]", "8", "data_offsets is not a list"),
        badEntry("F32", "[2]", "[0]", "data_offsets has 1"),
        badEntry("F32", "[2]", "[0,8,8]", "data_offsets has 3"),
        badEntry("F32", "[2]", "[0.0,8]", "non-negative integers"),
        badEntry("F32", "[2]", "[-8,0]", "non-negative integers"),
        badEntry("F32", "[2]", "[8,0]", "after their end"),
        badEntry("F32", "[2]", "[0,18446744073709551615]", "beyond 2^63"),
        badEntry("F32", "[2]", "[0,7]", "need 8"),
        badEntry("F32", "[3]", "[0,8]", "need 12"),
        badEntry("BF16", "[2]", "[0,8]", "need 4"),
        badEntry("F32", "[]", "[0,8]", "need 4"),
        badEntry("F32", "[0]", "[0,8]", "need 0"));
  }

  static Stream<Arguments> coverage() {
    String b = entry("b", "U8", "[4]", "[8,12]");
    return Stream.of(
        bad("hole at the start", "gap", file("{" + b + "}", 12)),
        bad(
            "gap",
            "tensor 'c': begins at 13",
            file("{" + GOOD + "," + b + "," + entry("c", "U8", "[1]", "[13,14]") + "}", 14)),
        bad(
            "overlap",
            "tensor 'c': begins at 11",
            file("{" + GOOD + "," + b + "," + entry("c", "U8", "[1]", "[11,12]") + "}", 12)),
        bad(
            "twice the same bytes",
            "overlaps",
            file("{" + GOOD + "," + entry("c", "F32", "[2]", "[0,8]") + "}", 8)),
        bad(
            "empty tensor inside another",
            "overlaps",
            file("{" + GOOD + "," + entry("c", "F32", "[0]", "[4,4]") + "}", 8)),
        bad(
            "empty tensor beyond the end",
            "gap",
            file("{" + GOOD + "," + entry("c", "F32", "[0]", "[9,9]") + "}", 8)),
        bad("beyond the file", "tensor 'b': ends at 12", file("{" + GOOD + "," + b + "}", 11)),
        bad(
            "far beyond the file",
            "truncated",
            file(
                "{" + entry("a", "U8", "[1152921504606846975]", "[0,1152921504606846975]") + "}",
                8)),
        bad("bytes after the last tensor", "before the end", file("{" + GOOD + "}", 9)),
        bad("bytes without tensors", "before the end", file("{}", 1)));
  }

  private static Arguments bad(String rule, String message, byte[] bytes) {
    return Arguments.of(rule, message, bytes);
  }

  private static Arguments badEntry(String dtype, String shape, String offsets, String message) {
    String rule = "%s %.30s %.30s".formatted(dtype, shape, offsets);
    return bad(rule, message, file("{" + entry("a", dtype, shape, offsets) + "}", 8));
  }
}
