package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeDType;
import java.util.Map;
import java.util.Set;

/** Tensors in memory. */
record MapWeights(String description, Map<String, Tensor> tensors) implements WeightSource {

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public Shape shape(String name) {
    return tensors.get(name).shape();
  }

  @Override
  public SafeDType dtype(String name) {
    return SafeDType.of(tensors.get(name).dtype());
  }

  @Override
  public Tensor read(Eager ops, String name) {
    Tensor x = tensors.get(name);
    // Between backends by way of doubles, which represent every floating-point type exactly.
    boolean here = x.owner().backend() == ops.scope().backend();
    return here ? x : ops.of(x.toDoubles(), x.shape().dims());
  }
}
