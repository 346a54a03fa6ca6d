package io.github.maskalign.cli.settings;

import io.github.maskalign.config.Choice;
import io.github.maskalign.tensor.error.ArgumentException;
import java.lang.reflect.InvocationTargetException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Converts text to the values of settings, and back. */
final class ValueType {

  private ValueType() {}

  /**
   * Parses a value.
   *
   * @param name of the setting, for messages
   * @param range of a number
   * @throws ArgumentException if it is invalid
   */
  static @Nullable Object parse(String name, Class<?> type, ValueRange range, String input) {
    String text = input.strip();
    if (!type.isPrimitive() && text.equals(Setting.NONE)) {
      return null;
    }
    try {
      return value(name, type, range, text);
    } catch (NumberFormatException e) {
      throw new ArgumentException("--" + name + ": '" + text + "' is not " + kind(type), e);
    }
  }

  private static Object value(String name, Class<?> type, ValueRange range, String text) {
    if (type == int.class || type == Integer.class) {
      return (int) whole(name, range, text, Integer.MAX_VALUE);
    } else if (type == long.class || type == Long.class) {
      return whole(name, range, text, Long.MAX_VALUE);
    } else if (type == double.class || type == Double.class) {
      double value = finite(Double.parseDouble(text));
      range.require(name, text, value);
      return value;
    } else if (type == boolean.class || type == Boolean.class) {
      return truth(name, text);
    } else if (type == String.class) {
      return text;
    } else if (type == Path.class) {
      return Path.of(text);
    } else if (type.isEnum() && !Choice.class.isAssignableFrom(type)) {
      return constant(name, type, text);
    }
    return parsed(name, type, text);
  }

  private static long whole(String name, ValueRange range, String text, long largest) {
    BigInteger value = new BigInteger(text);
    range.require(name, text, value.doubleValue());
    BigInteger bound = BigInteger.valueOf(largest);
    if (value.compareTo(bound) > 0 || value.negate().compareTo(bound) > 0) {
      throw new ArgumentException("--%s %s: must be at most %,d".formatted(name, text, largest));
    }
    return value.longValueExact();
  }

  private static double finite(double value) {
    if (!Double.isFinite(value)) {
      throw new NumberFormatException();
    }
    return value;
  }

  private static boolean truth(String name, String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default ->
          throw new ArgumentException("--" + name + ": '" + text + "' is neither true nor false");
    };
  }

  private static Object constant(String name, Class<?> type, String text) {
    for (Object constant : type.getEnumConstants()) {
      if (constant.toString().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    String known =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw new ArgumentException(
        "--" + name + ": unknown value '" + text + "'; choose one of " + known);
  }

  private static Object parsed(String name, Class<?> type, String text) {
    try {
      return type.getMethod("parse", String.class).invoke(null, text);
    } catch (InvocationTargetException e) {
      throw refused(name, text, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be a setting: it has no parse(String)", e);
    }
  }

  /** The refusal of a value by its type, with the option's name. */
  private static RuntimeException refused(String name, String text, InvocationTargetException e) {
    if (!(e.getCause() instanceof RuntimeException refusal)) {
      return new IllegalStateException(e);
    }
    String reason = String.valueOf(refusal.getMessage());
    return reason.startsWith("--" + name)
        ? refusal
        : new ArgumentException("--%s %s: %s".formatted(name, text, reason), refusal);
  }

  /** A value as text. */
  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> Setting.NONE;
      case Choice choice -> choice.word();
      case Enum<?> constant -> constant.toString().toLowerCase(Locale.ROOT);
      default -> value.toString();
    };
  }

  private static String kind(Class<?> type) {
    return type == double.class || type == Double.class ? "a finite number" : "an integer";
  }
}
