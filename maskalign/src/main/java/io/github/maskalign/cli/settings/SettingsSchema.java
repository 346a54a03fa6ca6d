package io.github.maskalign.cli.settings;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.NearestName;
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
 * The settings that a record declares, by name; the settings of nested {@link Group}s count as the
 * record's.
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
   * @param heading of its group
   * @param defaultValue as text
   * @param defaultText describes the default where the value does not; may be empty
   * @param setting its declaration
   */
  public record Entry(
      String name,
      Class<?> type,
      String heading,
      String defaultValue,
      String defaultText,
      Setting setting) {

    /** The values that a number may have, in words; empty for any. */
    String range() {
      return ValueRange.parse(setting.range()).toString();
    }

    private @Nullable Object parse(String text) {
      return ValueType.parse(name, type, ValueRange.parse(setting.range()), text);
    }

    /** The same setting with another default. */
    Entry withDefault(String value) {
      return new Entry(name, type, heading, value, defaultText, setting);
    }
  }

  private final Class<R> type;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> formerNames = new LinkedHashMap<>();

  private SettingsSchema(Class<R> type) {
    this.type = type;
    collect(type, Map.of(), Map.of(), "Settings:");
  }

  /**
   * The settings of a record.
   *
   * @throws IllegalStateException if a component is neither a setting nor a group, or a name or a
   *     default is invalid: a bug
   */
  public static <R extends Record> SettingsSchema<R> of(Class<R> type) {
    SettingsSchema<R> schema = new SettingsSchema<>(type);
    schema.entries.values().forEach(e -> e.parse(e.defaultValue));
    return schema;
  }

  private void collect(
      Class<?> record, Map<String, String> overrides, Map<String, String> texts, String heading) {
    Map<String, String> unused = new HashMap<>(overrides);
    Map<String, String> unusedTexts = new HashMap<>(texts);
    for (RecordComponent component : record.getRecordComponents()) {
      Group group = component.getAnnotation(Group.class);
      if (group != null) {
        collect(
            component.getType(),
            pairs(group.defaults()),
            pairs(group.defaultTexts()),
            group.heading());
        continue;
      }
      Setting setting = component.getAnnotation(Setting.class);
      String name = name(component);
      if (setting == null || entries.containsKey(name)) {
        throw new IllegalStateException(
            record
                + ": component "
                + component.getName()
                + " is not a setting, or its name is taken");
      }
      String own = unused.remove(name);
      String value = own == null ? setting.defaultValue() : own;
      String ownText = unusedTexts.remove(name);
      String text = ownText == null ? setting.defaultText() : ownText;
      entries.put(name, new Entry(name, component.getType(), heading, value, text, setting));
      for (String former : setting.formerly()) {
        formerNames.put(former, name);
      }
    }
    unused.putAll(unusedTexts);
    if (!unused.isEmpty()) {
      throw new IllegalStateException(record + " has no settings " + unused.keySet());
    }
  }

  private static Map<String, String> pairs(String[] pairs) {
    Map<String, String> values = new HashMap<>();
    for (String pair : pairs) {
      int at = pair.indexOf('=');
      values.put(pair.substring(0, at), pair.substring(at + 1));
    }
    return values;
  }

  /** {@code maskRatio} becomes {@code mask-ratio}. */
  private static String name(RecordComponent component) {
    return component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  /** All settings, in the order of the record. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** Present names of settings by the names that earlier versions used. */
  public Map<String, String> formerNames() {
    return formerNames;
  }

  /**
   * Rejects names that are not settings.
   *
   * @param source of the values, for the message
   * @throws ArgumentException with the name that the setting has now, or the nearest name
   */
  public void requireKnown(String source, Map<String, String> values) {
    for (String name : values.keySet()) {
      if (formerNames.containsKey(name)) {
        throw new ArgumentException(
            "%s: '%s' is now '%s'".formatted(source, name, formerNames.get(name)));
      }
      if (!entries.containsKey(name)) {
        throw new ArgumentException(
            "%s: unknown setting '%s'; did you mean '%s'?"
                .formatted(source, name, NearestName.of(entries.keySet(), name)));
      }
    }
  }

  /** Values stored by this or an earlier version, under the present names. */
  public Map<String, String> renamed(Map<String, String> stored) {
    Map<String, String> values = new LinkedHashMap<>();
    stored.forEach((name, value) -> values.put(formerNames.getOrDefault(name, name), value));
    return values;
  }

  /**
   * The record of these values; the others have their defaults.
   *
   * @throws ArgumentException naming the setting, if a value is invalid
   */
  public R build(Map<String, String> values) {
    requireKnown("settings", values);
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
        String text = values.getOrDefault(entry.name, entry.defaultValue);
        arguments[i] = entry.parse(text);
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
      throw new IllegalStateException(record + " is not a public record", e);
    }
  }

  /** The values of a record as text, in order. */
  public Map<String, String> values(R settings) {
    Map<String, String> values = new LinkedHashMap<>();
    values(settings, values);
    return values;
  }

  /** The given values and the defaults of the others, as text. */
  Map<String, String> normalized(Map<String, String> given) {
    return values(build(given));
  }

  private void values(Record record, Map<String, String> values) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(component, record);
      if (component.isAnnotationPresent(Group.class)) {
        values((Record) Objects.requireNonNull(value), values);
      } else {
        values.put(name(component), ValueType.text(value));
      }
    }
  }

  private static @Nullable Object value(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(record.getClass() + " is not a public record", e);
    }
  }

  /**
   * The same settings, where those that are completed from the data are given by a run.
   *
   * @param started the settings of the run as text, under present or former names
   */
  public R continued(R now, Map<String, String> started) {
    Map<String, String> before = renamed(started);
    Map<String, String> values = values(now);
    values.replaceAll(
        (name, text) ->
            entries.get(name).setting.fromData() && text.equals(Setting.NONE)
                ? before.getOrDefault(name, text)
                : text);
    return build(values);
  }

  /**
   * Rejects settings that would change the result of a run.
   *
   * @param started the settings of the run as text, under present or former names
   * @throws ArgumentException naming each setting that differs
   */
  public void requireSame(R now, Map<String, String> started) {
    Map<String, String> before = renamed(started);
    List<String> differences = new ArrayList<>();
    values(now)
        .forEach(
            (name, text) -> {
              // A setting that an earlier version lacked had its default.
              String then = before.getOrDefault(name, entries.get(name).defaultValue);
              if (entries.get(name).setting.affectsResult() && !text.equals(then)) {
                differences.add("--%s is %s, was %s".formatted(name, text, then));
              }
            });
    if (!differences.isEmpty()) {
      throw new ArgumentException(
          "the run was started with other settings: "
              + String.join("; ", differences)
              + "; resume with those, or start a new run");
    }
  }
}
