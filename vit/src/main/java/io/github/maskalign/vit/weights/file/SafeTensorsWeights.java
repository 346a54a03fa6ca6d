package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.safetensors.SafeDType;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Tensors of a safetensors file. */
record SafeTensorsWeights(SafeTensorsFile file) implements WeightSource {

  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  @Override
  public String description() {
    return file.path().toString();
  }

  @Override
  public Set<String> names() {
    return new LinkedHashSet<>(file.names());
  }

  @Override
  public Shape shape(String name) {
    try {
      return file.entry(name).shape();
    } catch (ShapeException e) {
      throw new ShapeException(file.path() + ": " + e.getMessage());
    }
  }

  @Override
  public SafeDType dtype(String name) {
    return file.entry(name).dtype();
  }

  @Override
  public Optional<MemorySegment> view(String name) {
    return LITTLE_ENDIAN ? Optional.of(file.segment(name)) : Optional.empty();
  }

  @Override
  public Tensor read(Eager ops, String name) {
    DType type = WeightSource.tensorDType(this, name);
    return ops.of(type, file.segment(name), shape(name));
  }
}
