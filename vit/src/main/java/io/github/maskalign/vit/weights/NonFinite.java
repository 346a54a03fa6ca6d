package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.LazyStorage;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.weights.file.WeightFile;
import java.util.List;
import java.util.stream.Stream;

/**
 * Weights that are NaN or infinite, of a damaged file or of a training that diverged.
 *
 * @since 0.1.0
 */
public final class NonFinite {

  private NonFinite() {}

  /** Whether all values are finite. */
  public static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Requires finite values of parameters that were loaded from a file; lazy ones are not read.
   *
   * @throws FormatException naming the tensor of the file
   */
  public static void refuse(NetworkFile file, Stream<Parameter> loaded) {
    boolean finite =
        loaded
            .map(Parameter::value)
            .filter(value -> !(value.storage() instanceof LazyStorage))
            .filter(value -> value.dtype().isFloating())
            .allMatch(value -> isFinite(value.toFloats()));
    if (!finite) {
      refuse(file);
    }
  }

  /**
   * Looks for the cause of a result that is not finite in the weights, which takes as long as
   * reading them.
   *
   * @throws FormatException naming the first tensor that has such a value, if one has
   */
  public static void refuse(NetworkFile network) {
    WeightFile file = network.file();
    String prefix = network.prefix();
    List<String> ignored =
        file.names().stream()
            .filter(name -> name.startsWith(prefix))
            .filter(name -> network.names().ignores(name.substring(prefix.length())))
            .toList();
    // Of what a network ignores, heads may be used; buffers such as masks are infinite on purpose.
    List<String> heads =
        ignored.stream().filter(it -> it.endsWith("weight") || it.endsWith("bias")).toList();
    Stream<String> own = file.names().stream().filter(name -> !ignored.contains(name));
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "non-finite weights")) {
      Stream.concat(own, heads.stream()).forEach(name -> refuse(file, name, scope));
    }
  }

  private static void refuse(WeightFile file, String name, Scope scope) {
    if (!file.dtype(name).dtype().map(DType::isFloating).orElse(false)) {
      return;
    }
    try (Scope inner = scope.child("tensor")) {
      Tensor value = file.read(inner.eager(), name);
      for (double each : value.toDoubles()) {
        if (!Double.isFinite(each)) {
          throw new FormatException(
              "%s: '%s' has the value %s; the file is damaged, or its training diverged"
                  .formatted(file.description(), Printable.line(name), each));
        }
      }
    }
  }
}
