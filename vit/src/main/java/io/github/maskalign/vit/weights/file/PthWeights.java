package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.safetensors.SafeDType;
import io.github.maskalign.vit.weights.pth.PthFile;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;

/**
 * Weights in a .pth file, by the keys that lead to them, joined by dots.
 *
 * @since 0.1.0
 */
public record PthWeights(PthFile file) implements WeightSource {

  @Override
  public String description() {
    return file.path().toString();
  }

  @Override
  public Set<String> names() {
    return file.tensors().keySet();
  }

  @Override
  public Shape shape(String name) {
    List<Long> dims = file.tensors().get(name).dims();
    for (long dim : dims) {
      if (dim > Integer.MAX_VALUE) {
        throw new ShapeException(
            "%s: tensor '%s' has an axis of %d elements, at most %d fit a tensor"
                .formatted(description(), name, dim, Integer.MAX_VALUE));
      }
    }
    return Shape.of(dims.stream().mapToInt(Long::intValue).toArray());
  }

  @Override
  public SafeDType dtype(String name) {
    return file.tensors().get(name).dtype();
  }

  @Override
  public Tensor read(Eager ops, String name) {
    DType type = WeightSource.tensorDType(this, name);
    try (Arena copies = Arena.ofConfined()) {
      return ops.of(type, file.segment(name, copies), shape(name));
    }
  }
}
