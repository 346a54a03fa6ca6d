package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.io.Glob;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.names.NameMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options of loading weights. Loading is strict by default: every parameter must be in the file
 * with its shape, and every tensor of the file must be used. In patterns, {@code *} matches any
 * characters.
 *
 * @param names maps parameters to the tensors of the file
 * @param prefix loads only parameters with this prefix, and looks them up without it
 * @param prefixTokens number of rows of a position table that are not resampled
 * @param tableGrid of the file's position table; null for a square
 * @param grid of the network's patches; null for a square
 * @param resampling of a position table of another grid
 * @param optional patterns of parameters that may be missing or have another shape, and then keep
 *     their values
 * @param ignored patterns of tensors of the file that may be unused
 * @since 0.1.0
 */
public record LoadOptions(
    NameMap names,
    String prefix,
    int prefixTokens,
    @Nullable Grid tableGrid,
    @Nullable Grid grid,
    Resampling resampling,
    List<String> optional,
    List<String> ignored) {

  /** Copies the lists. */
  public LoadOptions {
    optional = List.copyOf(optional);
    ignored = List.copyOf(ignored);
  }

  /** Everything must match; timm's names and one prefix token. */
  public static LoadOptions strict() {
    return new LoadOptions(
        Families.timm(), "", 1, null, null, Resampling.BICUBIC, List.of(), List.of());
  }

  /** Loads what matches and reports the rest. */
  public static LoadOptions lenient() {
    return strict().optional("*").ignoring("*");
  }

  /** With the names of another library. */
  public LoadOptions withNames(NameMap newNames) {
    return new LoadOptions(
        newNames, prefix, prefixTokens, tableGrid, grid, resampling, optional, ignored);
  }

  /** For the parameters below a path such as {@code "teacher."}. */
  public LoadOptions withPrefix(String newPrefix) {
    return new LoadOptions(
        names, newPrefix, prefixTokens, tableGrid, grid, resampling, optional, ignored);
  }

  /** For a network with another number of prefix tokens in its position table. */
  public LoadOptions withPrefixTokens(int count) {
    return new LoadOptions(names, prefix, count, tableGrid, grid, resampling, optional, ignored);
  }

  /**
   * Resamples the positions of one grid of patches to another.
   *
   * @param from the grid of the file; null for a square
   * @param to the grid of the network
   */
  public LoadOptions withGrids(@Nullable Grid from, Grid to, Resampling by) {
    return new LoadOptions(names, prefix, prefixTokens, from, to, by, optional, ignored);
  }

  /** Also allows parameters of these patterns to be missing or have another shape. */
  public LoadOptions optional(String... patterns) {
    return new LoadOptions(
        names,
        prefix,
        prefixTokens,
        tableGrid,
        grid,
        resampling,
        joined(optional, patterns),
        ignored);
  }

  /** Also allows tensors of these patterns to be unused. */
  public LoadOptions ignoring(String... patterns) {
    return new LoadOptions(
        names,
        prefix,
        prefixTokens,
        tableGrid,
        grid,
        resampling,
        optional,
        joined(ignored, patterns));
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
