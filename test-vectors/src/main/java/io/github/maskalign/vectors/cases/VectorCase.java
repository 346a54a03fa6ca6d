package io.github.maskalign.vectors.cases;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A running case: its inputs on a backend, and the checks of its results. */
public final class VectorCase implements AutoCloseable {

  private final Manifest manifest;
  private final @Nullable SafeTensorsFile data;
  private final Scope scope;
  private final Checks checks;

  private VectorCase(
      Manifest manifest, @Nullable SafeTensorsFile data, Backend backend, Slack slack) {
    this.manifest = manifest;
    this.data = data;
    this.scope = Scope.root(backend, manifest.path().getFileName().toString());
    this.checks = new Checks(manifest, data, slack);
  }

  /** Opens the data file of a case, whose results have some slack. */
  public static VectorCase open(Manifest manifest, Backend backend, Slack slack) {
    Path path = manifest.data();
    SafeTensorsFile data = path == null ? null : SafeTensorsFile.open(path);
    return new VectorCase(manifest, data, backend, slack);
  }

  @Override
  public void close() {
    scope.close();
    if (data != null) {
      data.close();
    }
  }

  /** The scope that owns the inputs and results. */
  public Scope scope() {
    return scope;
  }

  /** The checks of the results. */
  public Checks checks() {
    return checks;
  }

  /** The whole manifest. */
  public Manifest manifest() {
    return manifest;
  }

  // ---- configuration ----

  /** A required setting. */
  public JsonNode setting(String key) {
    JsonNode value = manifest.config().get(key);
    if (value == null) {
      throw new ArgumentException("the configuration has no '" + key + "'");
    }
    return value;
  }

  /** Whether a setting is present and not null. */
  public boolean hasSetting(String key) {
    return manifest.config().hasNonNull(key);
  }

  /** A real setting. */
  public double real(String key) {
    return setting(key).doubleValue();
  }

  /** An optional real setting. */
  public double real(String key, double absent) {
    return hasSetting(key) ? real(key) : absent;
  }

  /** An integer setting. */
  public int integer(String key) {
    return setting(key).intValue();
  }

  /** A boolean setting. */
  public boolean flag(String key) {
    return setting(key).booleanValue();
  }

  /** A text setting. */
  public String text(String key) {
    return setting(key).asText();
  }

  /** A list of real settings. */
  public double[] reals(String key) {
    JsonNode list = setting(key);
    double[] values = new double[list.size()];
    Arrays.setAll(values, i -> list.get(i).doubleValue());
    return values;
  }

  // ---- tensors ----

  /** Whether the manifest mentions a tensor. */
  public boolean has(String name) {
    return manifest.tensors().containsKey(name);
  }

  /** Tensors whose names start with a prefix: the rest of the name, and the tensor. */
  public Map<String, Tensor> tensors(String prefix) {
    Map<String, Tensor> found = new LinkedHashMap<>();
    for (String name : manifest.tensors().keySet()) {
      if (name.startsWith(prefix)) {
        found.put(name.substring(prefix.length()), tensor(name));
      }
    }
    return found;
  }

  /** A tensor of the data file, on the backend. */
  public Tensor tensor(String name) {
    SafeTensorsFile.Entry entry = file().entry(name);
    return scope.eager().of(entry.tensorDType(), file().segment(name), entry.shape());
  }

  /** A tensor of the data file, or null if the manifest does not mention it. */
  public @Nullable Tensor optional(String name) {
    return has(name) ? tensor(name) : null;
  }

  /** The numbers of a tensor of the data file, row-major. */
  public double[] doubles(String name) {
    return HostTensor.read(file(), name).values();
  }

  /** The numbers of a tensor as floats. */
  public float[] floats(String name) {
    double[] values = doubles(name);
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** The numbers of an integer tensor, row-major. */
  public int[] integers(String name) {
    return Arrays.stream(doubles(name)).mapToInt(v -> Math.toIntExact((long) v)).toArray();
  }

  /** Axis sizes of a tensor of the data file. */
  public int[] dims(String name) {
    return file().entry(name).shape().dims();
  }

  private SafeTensorsFile file() {
    if (data == null) {
      throw new ArgumentException("the manifest names no data file");
    }
    return data;
  }

  /** Weight files of a model, in the order in which they are loaded. */
  public List<Path> weights(String model) {
    JsonNode files = manifest.json().path("weights").path(model);
    if (files.isEmpty()) {
      throw new ArgumentException("the manifest names no weights of the " + model);
    }
    List<Path> paths = new ArrayList<>();
    files.forEach(file -> paths.add(manifest.root().resolve(file.asText())));
    return paths;
  }

  // ---- derivatives ----

  /**
   * Computes on a tape, checks {@code out.*}, then the gradients of {@code sum(out.X * cot.X)} over
   * all X with a {@code cot}, where a scalar without one has factor 1.
   *
   * @param leaves tensors that may have a {@code grad.*}, by the name after it
   * @param forward computes results by the name after {@code out.}
   */
  public void differentiate(
      Map<String, Tensor> leaves, Function<Ops, Map<String, Tensor>> forward) {
    try (Tape tape = Tape.open(scope, "case")) {
      tape.watchAll(leaves.values());
      Map<String, Tensor> results = forward.apply(tape);
      results.forEach((name, value) -> checks.tensor("out." + name, value));
      if (gradientsExpected()) {
        Gradients gradients = tape.backward(objective(tape, results));
        leaves.forEach((name, leaf) -> checks.gradient(name, gradients.of(leaf), leaf.shape()));
      }
    }
  }

  private boolean gradientsExpected() {
    return !manifest.names("grad_none").isEmpty()
        || manifest.tensors().keySet().stream().anyMatch(name -> name.startsWith("grad."));
  }

  private Tensor objective(Ops ops, Map<String, Tensor> results) {
    List<Tensor> terms = new ArrayList<>();
    results.forEach(
        (name, value) -> {
          if (has("cot." + name)) {
            terms.add(ops.sum(ops.mul(value, tensor("cot." + name)), false));
          } else if (value.shape().rank() == 0) {
            terms.add(value);
          }
        });
    return terms.stream()
        .reduce(ops::add)
        .orElseThrow(
            () -> new ArgumentException("gradients are expected, but of no scalar and no cot"));
  }
}
