package io.github.maskalign.vit;

import java.util.List;

/** Says where our parameters, which have timm's names, are found in a file of other names. */
public interface NameMap {

  /**
   * The tensors a parameter is made of, usually one; several are joined along their first axis, as
   * queries, keys and values are.
   */
  List<String> sources(String parameter);

  /** Whether a tensor of the file is of no use to a Vision Transformer and expected to be there. */
  boolean ignores(String name);
}
