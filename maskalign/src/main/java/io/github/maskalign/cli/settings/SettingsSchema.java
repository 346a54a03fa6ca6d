package io.github.maskalign.cli.settings;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a record declares, by name; nested {@link Group}s count as if their settings
 * stood in the record itself.
 *
 * @param <R> the record
 * @since 0.1.0
 */
public final class SettingsSchema<R extends Record> {

  /**
   * A setting.
   *
   * @param name of its option and key
   * @param type of its value
   * @param text what it means
   * @param standard the value if nothing else is said, as a word
   * @param decides whether it decides what comes out
   * @param heading of its group
   */
  public record Entry(
      String name, Class<?> type, String text, String standard, boolean decides, String heading) {}

  private final Class<R> type;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private SettingsSchema(Class<R> type) {
    this.type = type;
    collect(type, Map.of(), "Settings:");
  }

  /**
   * The settings of a record.
   *
   * @throws IllegalStateException if a component is neither setting nor group, or a name or value
   *     is wrong: a fault of the program
   */
  public static <R extends Record> SettingsSchema<R> of(Class<R> type) {
    SettingsSchema<R> schema = new SettingsSchema<>(type);
    schema.entries.values().forEach(e -> ValueType.parse(e.name, e.type, e.standard));
    return schema;
  }

  private void collect(Class<?> record, Map<String, String> overrides, String heading) {
    Map<String, String> unused = new HashMap<>(overrides);
    for (RecordComponent component : record.getRecordComponents()) {
      Group group = component.getAnnotation(Group.class);
      if (group != null) {
        collect(component.getType(), overrides(group), group.heading());
        continue;
      }
      Setting setting = component.getAnnotation(Setting.class);
      String name = name(component);
      if (setting == null || entries.containsKey(name)) {
        throw new IllegalStateException(
            record + ": component " + component.getName() + " is no setting, or there are two");
      }
      String own = unused.remove(name);
      String standard = own == null ? setting.standard() : own;
      entries.put(
          name,
          new Entry(
              name, component.getType(), setting.value(), standard, setting.decides(), heading));
    }
    if (!unused.isEmpty()) {
      throw new IllegalStateException(record + " has no settings " + unused.keySet());
    }
  }

  private static Map<String, String> overrides(Group group) {
    Map<String, String> values = new HashMap<>();
    for (String pair : group.standard()) {
      int at = pair.indexOf('=');
      values.put(pair.substring(0, at), pair.substring(at + 1));
    }
    return values;
  }

  /** {@code maskRatio} is called {@code mask-ratio}. */
  private static String name(RecordComponent component) {
    return component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  /** All settings, in the order of the record. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** Whether there is a setting of this name. */
  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** The setting whose name is most like a word. */
  public String nearest(String word) {
    return entries.keySet().stream()
        .min((a, b) -> Integer.compare(EditDistance.of(a, word), EditDistance.of(b, word)))
        .orElseThrow();
  }

  /**
   * The record of these values; those not given have their standard value.
   *
   * @throws IllegalArgumentException naming the setting, if a value cannot be read or is refused by
   *     the record
   */
  public R build(Map<String, String> values) {
    for (String name : values.keySet()) {
      if (!entries.containsKey(name)) {
        throw new IllegalArgumentException(
            "there is no setting '" + name + "'; is '" + nearest(name) + "' meant?");
      }
    }
    return type.cast(build(type, values));
  }

  private Object build(Class<?> record, Map<String, String> values) {
    RecordComponent[] components = record.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      if (components[i].isAnnotationPresent(Group.class)) {
        arguments[i] = build(types[i], values);
      } else {
        Entry entry = entries.get(name(components[i]));
        String word = values.getOrDefault(entry.name, entry.standard);
        arguments[i] = ValueType.parse(entry.name, entry.type, word);
      }
    }
    try {
      Constructor<?> constructor = record.getDeclaredConstructor(types);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(record + " is no public record", e);
    }
  }

  /** The values of a record, as words, in order. */
  public Map<String, String> words(R settings) {
    Map<String, String> words = new LinkedHashMap<>();
    words(settings, words);
    return words;
  }

  private void words(Record record, Map<String, String> words) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(component, record);
      if (component.isAnnotationPresent(Group.class)) {
        words((Record) Objects.requireNonNull(value), words);
      } else {
        words.put(name(component), ValueType.word(value));
      }
    }
  }

  private static @Nullable Object value(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(record.getClass() + " is no public record", e);
    }
  }

  /**
   * Refuses to go on with what was started otherwise.
   *
   * @param started the words of the settings it was started with
   * @throws IllegalArgumentException naming each deciding setting that differs
   */
  public void requireSame(R now, Map<String, String> started) {
    List<String> differences = new ArrayList<>();
    words(now)
        .forEach(
            (name, word) -> {
              String then = started.get(name);
              if (entries.get(name).decides && !word.equals(then)) {
                differences.add("%s is %s, was %s".formatted(name, word, then));
              }
            });
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "the run was started with other settings: "
              + String.join("; ", differences)
              + "; go on with those, or start a new run");
    }
  }
}
