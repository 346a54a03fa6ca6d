package io.github.maskalign.vit;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import java.util.Map;
import java.util.Set;

/** Named tensors to load weights from. */
public interface WeightSource {

  /** What error messages call it. */
  String description();

  /** The names of all tensors. */
  Set<String> names();

  /** The shape of a tensor that exists. */
  Shape shape(String name);

  /** A tensor that exists, in its stored type, readable with the given operations. */
  Tensor read(Eager ops, String name);

  /** The tensors of an open file. */
  static WeightSource of(SafeTensorsFile file) {
    return new FileWeights(file);
  }

  /** Tensors in memory, on any backend. */
  static WeightSource of(String description, Map<String, Tensor> tensors) {
    return new MapWeights(description, Map.copyOf(tensors));
  }
}
