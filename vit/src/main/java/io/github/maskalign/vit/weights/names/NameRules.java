package io.github.maskalign.vit.weights.names;

import io.github.maskalign.tensor.io.Glob;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name map by rules for parameters or whole layers; other parameters keep their names.
 *
 * @param ignored patterns of tensors that are expected and not needed
 * @param prefix of all names
 * @param blocks further prefix of the names of blocks, before their number
 * @param whole rules outside of blocks
 * @param inBlock rules inside blocks
 * @since 0.1.0
 */
public record NameRules(
    List<String> ignored,
    String prefix,
    String blocks,
    Map<String, NameRule> whole,
    Map<String, NameRule> inBlock)
    implements NameMap {

  private static final Pattern IN_BLOCK = Pattern.compile("blocks\\.(\\d+)\\.(.+)");
  private static final Pattern LAYER = Pattern.compile("(.+)\\.(weight|bias)");

  /** Parses rules without a prefix; ignored patterns are separated by {@code |}. */
  public static NameRules of(
      String ignored, String blocks, Map<String, String> whole, Map<String, String> inBlock) {
    return of(ignored, "", blocks, whole, inBlock);
  }

  /** Parses rules; ignored patterns are separated by {@code |}. */
  public static NameRules of(
      String ignored,
      String prefix,
      String blocks,
      Map<String, String> whole,
      Map<String, String> inBlock) {
    return new NameRules(
        List.of(ignored.split("\\|")), prefix, blocks, rules(whole), rules(inBlock));
  }

  private static Map<String, NameRule> rules(Map<String, String> texts) {
    Map<String, NameRule> rules = new HashMap<>();
    texts.forEach((parameter, text) -> rules.put(parameter, NameRule.of(text)));
    return rules;
  }

  @Override
  public List<TensorPart> sources(String parameter, Set<String> names) {
    Matcher block = IN_BLOCK.matcher(parameter);
    return block.matches()
        ? sources(block.group(2), inBlock, prefix + blocks + block.group(1) + ".", names)
        : sources(parameter, whole, prefix, names);
  }

  private static List<TensorPart> sources(
      String parameter, Map<String, NameRule> rules, String before, Set<String> names) {
    NameRule own = rules.get(parameter);
    if (own != null) {
      return own.pieces(before, "", names);
    }
    Matcher layer = LAYER.matcher(parameter);
    if (layer.matches() && rules.containsKey(layer.group(1))) {
      return rules.get(layer.group(1)).pieces(before, layer.group(2), names);
    }
    return List.of(new TensorPart.Whole(before + parameter));
  }

  @Override
  public boolean ignores(String name) {
    return ignored.stream().anyMatch(pattern -> Glob.of(pattern).test(name));
  }
}
