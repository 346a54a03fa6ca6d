package io.github.maskalign.vit.weights.names;

import java.util.List;
import java.util.Set;

/**
 * Says where our parameters, which have timm's names, are found in a file of other names.
 *
 * @since 0.1.0
 */
public interface NameMap {

  /**
   * What a parameter is made of, usually one tensor; several pieces are joined along their first
   * axis, as queries, keys and values are.
   *
   * @param names of all tensors of the file
   */
  List<TensorPart> sources(String parameter, Set<String> names);

  /** Whether a tensor of the file is of no use to a Vision Transformer and expected to be there. */
  boolean ignores(String name);
}
