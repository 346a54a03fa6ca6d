package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeDType;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The tensors of a source below a prefix. */
record PrefixedWeights(WeightSource source, String prefix) implements WeightSource {

  @Override
  public String description() {
    return "%s (below '%s')".formatted(source.description(), prefix);
  }

  @Override
  public Set<String> names() {
    return source.names().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  @Override
  public String nameInFile(String name) {
    return source.nameInFile(prefix + name);
  }

  @Override
  public Shape shape(String name) {
    return source.shape(prefix + name);
  }

  @Override
  public SafeDType dtype(String name) {
    return source.dtype(prefix + name);
  }

  @Override
  public Optional<MemorySegment> view(String name) {
    return source.view(prefix + name);
  }

  @Override
  public Tensor read(Eager ops, String name) {
    return source.read(ops, prefix + name);
  }
}
