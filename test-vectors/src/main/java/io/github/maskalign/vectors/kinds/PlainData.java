package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.weights.pth.PyValue;

/** Compares the plain data of a file with JSON, by dotted paths. */
record PlainData(VectorCase given, PyValue root) {

  void same(String path, JsonNode expected) {
    check(path, expected, at(path));
  }

  void has(String path, int elements) {
    boolean holds = at(path) instanceof PyValue.Sequence items && items.values().size() == elements;
    given.checks().that(path, holds, "it has not " + elements + " elements");
  }

  void instance(String path, String className, JsonNode attributes) {
    boolean holds =
        at(path) instanceof PyValue.Instance instance
            && instance.className().equals(className)
            && equal(attributes, instance.attributes());
    given.checks().that(path, holds, "it is not that " + className);
  }

  private void check(String path, JsonNode expected, PyValue got) {
    given.checks().that(path, equal(expected, got), "it is not " + expected);
  }

  private PyValue at(String path) {
    PyValue value = root;
    for (String step : path.split("\\.")) {
      value =
          switch (value) {
            case PyValue.Dict table when table.get(step) != null -> table.get(step);
            case PyValue.Sequence items -> items.values().get(Integer.parseInt(step));
            default -> throw new ArgumentException("the file has no '" + path + "'");
          };
    }
    return value;
  }

  private static boolean equal(JsonNode expected, PyValue got) {
    return switch (got) {
      case PyValue.None _ -> expected.isNull();
      case PyValue.Bool flag -> expected.isBoolean() && expected.booleanValue() == flag.value();
      case PyValue.Str text -> expected.isTextual() && expected.textValue().equals(text.value());
      case PyValue.Int whole ->
          expected.isIntegralNumber() && expected.bigIntegerValue().equals(whole.value());
      case PyValue.Float real -> expected.isNumber() && expected.doubleValue() == real.value();
      case PyValue.Sequence items -> equal(expected, items);
      case PyValue.Dict table -> equal(expected, table);
      default -> false;
    };
  }

  private static boolean equal(JsonNode expected, PyValue.Sequence got) {
    boolean same = expected.isArray() && expected.size() == got.values().size();
    for (int i = 0; same && i < expected.size(); i++) {
      same = equal(expected.get(i), got.values().get(i));
    }
    return same;
  }

  private static boolean equal(JsonNode expected, PyValue.Dict got) {
    return expected.isObject()
        && expected.size() == got.entries().size()
        && expected.properties().stream()
            .allMatch(e -> got.get(e.getKey()) != null && equal(e.getValue(), got.get(e.getKey())));
  }
}
