package io.github.maskalign.vectors;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of reference data with one case: {@code op.quick_gelu} of three numbers. */
final class SmallFolder {

  static final float[] X = {-1, 0, 2};
  static final float[] Y = {-0.15420423f, 0, 1.9356586f};

  private final Path root;
  private String kind = "op.quick_gelu";
  private String config = "{\"slope\": 1.702}";
  private String rule = "\"atol\": 1e-5, \"rtol\": 0";
  private String more = "";
  private float[] expected = Y.clone();

  SmallFolder(Path root) {
    this.root = root;
  }

  SmallFolder kind(String newKind) {
    kind = newKind;
    return this;
  }

  SmallFolder config(String newConfig) {
    config = newConfig;
    return this;
  }

  /** Another pass rule. */
  SmallFolder rule(String newRule) {
    rule = newRule;
    return this;
  }

  /** Further tensors in the manifest, which the data file lacks. */
  SmallFolder tensors(String newTensors) {
    more = newTensors;
    return this;
  }

  SmallFolder expecting(float... values) {
    expected = values;
    return this;
  }

  /** Writes the case {@code a/case} and returns the folder. */
  Path write() {
    try {
      Path folder = Files.createDirectories(root.resolve("a"));
      Files.writeString(folder.resolve("case.json"), manifest());
      new SafeTensorsWriter()
          .add("in.x", Shape.of(X.length), X)
          .add("out.y", Shape.of(expected.length), expected)
          .write(folder.resolve("case.safetensors"));
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String manifest() {
    return """
    {"name": "a/case", "kind": "%s", "config": %s, "file": "case.safetensors", "tensors": {
      "in.x": {"role": "input", "dtype": "F32", "shape": [3]},
      "out.y": {"role": "output", %s, "dtype": "F32", "shape": [%d]}%s}}
    """
        .formatted(kind, config, rule, expected.length, more);
  }

  /** Lists the case, and perhaps others, in an index. */
  static void index(Path root, String... names) throws IOException {
    StringBuilder cases = new StringBuilder();
    for (String name : names) {
      cases
          .append(cases.isEmpty() ? "" : ", ")
          .append(
              "{\"name\": \"%s\", \"kind\": \"\", \"manifest\": \"%s.json\"}"
                  .formatted(name, name));
    }
    Files.writeString(root.resolve("index.json"), "{\"cases\": [" + cases + "]}");
  }
}
