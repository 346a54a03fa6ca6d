package io.github.maskalign.vit.weights.names;

import java.util.List;
import java.util.Set;

/**
 * Maps parameter names, which are timm's, to the tensor names of a file.
 *
 * @since 0.1.0
 */
public interface NameMap {

  /**
   * The parts of a parameter, usually one tensor; several parts, such as queries, keys and values,
   * are concatenated along the first axis.
   *
   * @param names of all tensors of the file
   */
  List<TensorPart> sources(String parameter, Set<String> names);

  /** Whether a tensor of the file is expected and not needed by a Vision Transformer. */
  boolean ignores(String name);
}
