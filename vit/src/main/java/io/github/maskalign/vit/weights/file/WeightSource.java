package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.safetensors.SafeDType;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vit.weights.pth.PthFile;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Named tensors to load weights from.
 *
 * @since 0.1.0
 */
public interface WeightSource {

  /** What error messages call it. */
  String description();

  /** The names of all tensors. */
  Set<String> names();

  /** The shape of a tensor that exists. */
  Shape shape(String name);

  /** The stored element type of a tensor that exists. */
  SafeDType dtype(String name);

  /** A tensor that exists, in its stored type, readable with the given operations. */
  Tensor read(Eager ops, String name);

  /**
   * The bytes of a tensor that exists, row-major and in this machine's order, as they lie in an
   * open file; empty if they must be read.
   */
  default Optional<MemorySegment> view(String name) {
    return Optional.empty();
  }

  /** The tensors whose names start with a prefix, by the rest of their names. */
  default WeightSource below(String prefix) {
    return prefix.isEmpty() ? this : new PrefixedWeights(this, prefix);
  }

  /** The tensors of an open safetensors file. */
  static WeightSource of(SafeTensorsFile file) {
    return new SafeTensorsWeights(file);
  }

  /** The tensors of an open .pth file, by the keys that lead to them: {@code "model.norm.bias"}. */
  static WeightSource of(PthFile file) {
    return new PthWeights(file);
  }

  /** Tensors in memory, on any backend. */
  static WeightSource of(String description, Map<String, Tensor> tensors) {
    return new MapWeights(description, Map.copyOf(tensors));
  }

  /**
   * The type in which a tensor is read; truth values are read as bytes of 0 and 1.
   *
   * @throws DTypeException if tensors of this library have no such type
   */
  static DType tensorDType(WeightSource source, String name) {
    SafeDType stored = source.dtype(name);
    return stored == SafeDType.BOOL
        ? DType.U8
        : stored
            .dtype()
            .orElseThrow(
                () ->
                    new DTypeException(
                        "%s: tensor '%s' is stored as %s, which no tensor can hold"
                            .formatted(source.description(), name, stored)));
  }
}
