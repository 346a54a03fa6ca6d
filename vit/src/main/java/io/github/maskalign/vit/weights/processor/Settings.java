package io.github.maskalign.vit.weights.processor;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The values of a configuration by key, within bounds.
 *
 * @param json an object
 */
record Settings(JsonNode json) {

  /** No network has larger images; bounds the memory of a hostile file. */
  static final int MAX_SIDE = 4096;

  private static final int MAX_CHANNELS = 64;
  private static final double MAX_REAL = 1e6;
  private static final int SHOWN = 80;

  /** Reads something of a file, whose name starts every error. */
  static <T> T of(String file, Supplier<T> read) {
    try {
      return read.get();
    } catch (TensorException e) {
      throw new FormatException(file + ": " + e.getMessage(), e);
    }
  }

  boolean has(String key) {
    return json.has(key);
  }

  /** The value of a key; null if it is absent or null. */
  @Nullable JsonNode value(String key) {
    JsonNode value = json.get(key);
    return value == null || value.isNull() ? null : value;
  }

  /** A note for each key that has a value and is not among those that are known. */
  List<String> unknown(Object file, Set<String> known) {
    return json.properties().stream()
        .filter(entry -> !known.contains(entry.getKey()) && !entry.getValue().isNull())
        .map(entry -> notApplied(file, entry.getKey()))
        .toList();
  }

  /** The note on a key that is not known. */
  static String notApplied(Object file, String key) {
    return "%s: '%s' is not known and not applied".formatted(file, Printable.line(key));
  }

  /** Absent means a default, null means no. */
  boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    JsonNode value = value(key);
    if (value != null && !value.isBoolean()) {
      throw fault(key, value, "true, false or null");
    }
    return value != null && value.booleanValue();
  }

  /** A text; absent, null and empty mean a default. */
  String text(String key, String absent) {
    JsonNode value = value(key);
    if (value != null && !value.isTextual()) {
      throw fault(key, value, "a text");
    }
    return value == null || value.textValue().isEmpty() ? absent : value.textValue();
  }

  /** A positive number. */
  double positive(String key, JsonNode value) {
    if (!value.isNumber()
        || !(value.doubleValue() > 1 / MAX_REAL)
        || !(value.doubleValue() < MAX_REAL)) {
      throw fault(key, value, "a number above 0");
    }
    return value.doubleValue();
  }

  int whole(String key, JsonNode value, int min, int max) {
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw fault(key, value, "an integer from %d to %d".formatted(min, max));
    }
    return value.intValue();
  }

  int side(String key, JsonNode value) {
    return whole(key, value, 1, MAX_SIDE);
  }

  /** A list of height and width. */
  ImageSize pair(String key, JsonNode list) {
    if (!list.isArray() || list.size() != 2) {
      throw fault(key, list, "height and width");
    }
    return new ImageSize(side(key, list.get(0)), side(key, list.get(1)));
  }

  /** A list that begins with height and width, as transformers reads it. */
  ImageSize leadingPair(String key, JsonNode list) {
    if (list.size() < 2) {
      throw fault(key, list, "height and width");
    }
    return new ImageSize(side(key, list.get(0)), side(key, list.get(1)));
  }

  /** A list, or one number for all channels. */
  double[] perChannel(String key, JsonNode value) {
    if (value.isNumber()) {
      return new double[] {finite(key, value, value)};
    }
    if (!value.isArray() || value.isEmpty() || value.size() > MAX_CHANNELS) {
      throw fault(key, value, "a list of numbers, one per channel");
    }
    double[] numbers = new double[value.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = finite(key, value, value.get(i));
    }
    return numbers;
  }

  private double finite(String key, JsonNode whole, JsonNode number) {
    if (!number.isNumber() || !(Math.abs(number.doubleValue()) <= MAX_REAL)) {
      throw fault(key, whole, "a list of numbers, one per channel");
    }
    return number.doubleValue();
  }

  /**
   * {@code mean} and {@code std}. What Python takes for false means a default: no value, null, an
   * empty list, and 0 outside of a list.
   */
  ChannelStats meanAndStd(ChannelStats absent) {
    return stats(numbers("mean", absent.mean()), numbers("std", absent.std()));
  }

  private double[] numbers(String key, double[] absent) {
    JsonNode value = value(key);
    boolean none =
        value == null
            || value.isArray() && value.isEmpty()
            || value.isNumber() && value.doubleValue() == 0;
    return none ? absent : perChannel(key, value);
  }

  /** Mean and deviation, as many of one as of the other; a single one counts for all. */
  static ChannelStats stats(double[] mean, double[] std) {
    int channels = Math.max(mean.length, std.length);
    return new ChannelStats(repeated(mean, channels), repeated(std, channels));
  }

  private static double[] repeated(double[] numbers, int channels) {
    if (numbers.length != 1 || channels == 1) {
      return numbers;
    }
    double[] all = new double[channels];
    Arrays.fill(all, numbers[0]);
    return all;
  }

  static FormatException fault(String key, JsonNode value, String expected) {
    String shown = value.toString();
    return new FormatException(
        "'%s' is %s, expected %s"
            .formatted(
                key, shown.length() > SHOWN ? shown.substring(0, SHOWN) + "..." : shown, expected));
  }
}
