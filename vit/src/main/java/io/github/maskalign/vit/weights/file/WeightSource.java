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
 * A source of named tensors.
 *
 * @since 0.1.0
 */
public interface WeightSource {

  /** The name of the source in messages. */
  String description();

  /** The names of all tensors. */
  Set<String> names();

  /** The name of a tensor in the file, with what {@link #below} took away. */
  default String nameInFile(String name) {
    return name;
  }

  /** The shape of an existing tensor. */
  Shape shape(String name);

  /** The stored element type of an existing tensor. */
  SafeDType dtype(String name);

  /** Reads an existing tensor in its stored type. */
  Tensor read(Eager ops, String name);

  /**
   * The bytes of an existing tensor, row-major and in native byte order, as a view of an open file;
   * empty if they must be read.
   */
  default Optional<MemorySegment> view(String name) {
    return Optional.empty();
  }

  /** The tensors whose names have a prefix, by their names without it. */
  default WeightSource below(String prefix) {
    return prefix.isEmpty() ? this : new PrefixedWeights(this, prefix);
  }

  /** The tensors of an open safetensors file. */
  static WeightSource of(SafeTensorsFile file) {
    return new SafeTensorsWeights(file);
  }

  /**
   * The tensors of an open .pth file, named by the keys that lead to them: {@code
   * "model.norm.bias"}.
   */
  static WeightSource of(PthFile file) {
    return new PthWeights(file);
  }

  /** Tensors in memory, on any backend. */
  static WeightSource of(String description, Map<String, Tensor> tensors) {
    return new MapWeights(description, Map.copyOf(tensors));
  }

  /**
   * The type in which a tensor is read; booleans are read as bytes of 0 and 1.
   *
   * @throws DTypeException if there is no such type of tensors
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
                        "%s: tensor '%s' is stored as %s, which has no tensor type"
                            .formatted(source.description(), name, stored)));
  }
}
