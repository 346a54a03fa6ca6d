package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parameter groups with layer-wise learning rate decay for fine-tuning (Clark et al., arXiv
 * 2003.10555; Bao et al., arXiv 2106.08254): the learning rate of layer l is scaled by {@code
 * decay^(depth + 1 - l)}. The embedding is layer 0, block i is layer i + 1, norms and head are
 * layer depth + 1. One-dimensional parameters, prefix tokens and positions have no weight decay.
 *
 * @param depth number of blocks
 * @param decay factor from one layer to the next lower one, in (0, 1]
 * @param weightDecay of all other parameters
 * @since 0.1.0
 */
public record LayerDecay(int depth, double decay, double weightDecay) {

  private static final Set<String> TOKENS =
      Set.of("cls_token", "dist_token", "reg_token", "pos_embed");
  private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\..*");

  /** Checks the values. */
  public LayerDecay {
    if (depth < 1 || !(decay > 0 && decay <= 1) || !(weightDecay >= 0)) {
      throw new ArgumentException(
          "layer decay: depth must be at least 1, decay in (0, 1] and weight decay at least 0, got "
              + depth
              + ", "
              + decay
              + ", "
              + weightDecay);
    }
  }

  private record Key(int layer, boolean decayed) {}

  /** The groups, by layer and weight decay, in the order of their first parameters. */
  public List<ParameterGroup> groups(Collection<Parameter> parameters) {
    Map<Key, List<Parameter>> members = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      Key key = new Key(layer(parameter.name()), isDecayed(parameter));
      members.computeIfAbsent(key, _ -> new ArrayList<>()).add(parameter);
    }
    List<ParameterGroup> groups = new ArrayList<>();
    members.forEach(
        (key, list) ->
            groups.add(new ParameterGroup(list, scale(key.layer), key.decayed ? weightDecay : 0)));
    return groups;
  }

  private double scale(int layer) {
    return Math.pow(decay, depth + 1 - layer);
  }

  private int layer(String name) {
    if (TOKENS.contains(name) || name.startsWith("patch_embed.")) {
      return 0;
    }
    Matcher block = BLOCK.matcher(name);
    if (!block.matches()) {
      return depth + 1;
    }
    int index = Integer.parseInt(block.group(1));
    if (index >= depth) {
      throw new ArgumentException(
          "layer decay: parameter " + name + " is above the " + depth + " blocks");
    }
    return index + 1;
  }

  private static boolean isDecayed(Parameter parameter) {
    return parameter.value().shape().rank() > 1 && !TOKENS.contains(parameter.name());
  }
}
