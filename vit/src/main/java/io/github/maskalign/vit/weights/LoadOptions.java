package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.io.Glob;
import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.ViTNames;
import java.util.ArrayList;
import java.util.List;

/**
 * How weights are loaded. Strict unless told otherwise: every parameter must be found, in its
 * shape, and every tensor of the file must be used. Patterns are names in which {@code *} stands
 * for anything.
 *
 * @param names where parameters are found in the file
 * @param prefix loads only the parameters whose names start so, and looks for them without it
 * @param prefixTokens tokens before the patches, which a position table of another size keeps
 * @param optional patterns of parameters that may be missing or of another shape, and then keep
 *     their values
 * @param ignored patterns of tensors of the file that may be left over
 * @since 0.1.0
 */
public record LoadOptions(
    NameMap names, String prefix, int prefixTokens, List<String> optional, List<String> ignored) {

  /** Keeps its own copies of the lists. */
  public LoadOptions {
    optional = List.copyOf(optional);
    ignored = List.copyOf(ignored);
  }

  /** Everything must fit; timm's names and one prefix token. */
  public static LoadOptions strict() {
    return new LoadOptions(ViTNames.TIMM, "", 1, List.of(), List.of());
  }

  /** Loads what fits and reports the rest. */
  public static LoadOptions lenient() {
    return strict().optional("*").ignoring("*");
  }

  /** With the names of another library. */
  public LoadOptions withNames(NameMap newNames) {
    return new LoadOptions(newNames, prefix, prefixTokens, optional, ignored);
  }

  /** For the parameters below a path such as {@code "teacher."}. */
  public LoadOptions withPrefix(String newPrefix) {
    return new LoadOptions(names, newPrefix, prefixTokens, optional, ignored);
  }

  /** For a network with another number of tokens before the patches. */
  public LoadOptions withPrefixTokens(int count) {
    return new LoadOptions(names, prefix, count, optional, ignored);
  }

  /** Parameters of these patterns may be missing or of another shape too. */
  public LoadOptions optional(String... patterns) {
    return new LoadOptions(names, prefix, prefixTokens, joined(optional, patterns), ignored);
  }

  /** Tensors of these patterns may be left over too. */
  public LoadOptions ignoring(String... patterns) {
    return new LoadOptions(names, prefix, prefixTokens, optional, joined(ignored, patterns));
  }

  boolean isOptional(String parameter) {
    return optional.stream().anyMatch(pattern -> Glob.of(pattern).test(parameter));
  }

  boolean isIgnored(String name) {
    return ignored.stream().anyMatch(pattern -> Glob.of(pattern).test(name));
  }

  private static List<String> joined(List<String> list, String... more) {
    List<String> all = new ArrayList<>(list);
    all.addAll(List.of(more));
    return all;
  }
}
