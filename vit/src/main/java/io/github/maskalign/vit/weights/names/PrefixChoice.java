package io.github.maskalign.vit.weights.names;

import io.github.maskalign.tensor.error.FormatException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which network of a file is meant, by the prefixes of their names. A teacher or averaged weights
 * come first, then the fewest words that name something else than the network as a whole, then the
 * shortest path.
 *
 * @since 0.1.0
 */
public final class PrefixChoice {

  /** Words for a network, or the object that wraps it. */
  private static final Set<String> NEUTRAL =
      Set.of(
          "module",
          "model",
          "net",
          "network",
          "backbone",
          "encoder",
          "trunk",
          "visual",
          "vision",
          "image",
          "vit",
          "transformer",
          "state",
          "dict",
          "orig",
          "mod",
          "base",
          "weights",
          "params",
          "checkpoint",
          "ckpt",
          "wrapped");

  /** Words for the weights to prefer, if a file has several. */
  private static final Set<String> PREFERRED =
      Set.of("teacher", "ema", "momentum", "averaged", "swa");

  private static final int SHOWN = 8;

  private PrefixChoice() {}

  /** Order of preference: smaller is better. */
  private record Rank(boolean preferred, int others, int length) {

    static final Comparator<Rank> ORDER =
        Comparator.comparing((Rank rank) -> !rank.preferred)
            .thenComparingInt(Rank::others)
            .thenComparingInt(Rank::length);

    static Rank of(String prefix) {
      boolean preferred = false;
      int others = 0;
      String[] keys = prefix.isEmpty() ? new String[0] : prefix.split("\\.");
      for (String key : keys) {
        List<String> words = words(key);
        boolean known =
            words.stream().allMatch(word -> NEUTRAL.contains(word) || PREFERRED.contains(word));
        preferred |= known && words.stream().anyMatch(PREFERRED::contains);
        others += known ? 0 : 1;
      }
      return new Rank(preferred, others, keys.length);
    }

    /** The words of a key: {@code _orig_mod} and {@code modelEma} have two. */
    private static List<String> words(String key) {
      return Arrays.stream(key.split("[^\\p{L}\\p{N}]+|(?<=\\p{Ll})(?=\\p{Lu})"))
          .filter(word -> !word.isEmpty())
          .map(word -> word.toLowerCase(Locale.ROOT))
          .toList();
    }
  }

  /**
   * Selects one of several prefixes.
   *
   * @throws FormatException if several are as good, naming them
   */
  public static String best(Collection<String> prefixes) {
    List<String> ordered =
        prefixes.stream().sorted(Comparator.comparing(Rank::of, Rank.ORDER)).toList();
    String first = ordered.getFirst();
    if (ordered.size() > 1 && Rank.ORDER.compare(Rank.of(first), Rank.of(ordered.get(1))) == 0) {
      List<String> candidates =
          ordered.stream().limit(SHOWN).map(prefix -> "'" + prefix + "'").toList();
      throw new FormatException(
          "several networks, with the prefixes %s%s: select one by its prefix (inspect and export"
                  .formatted(String.join(", ", candidates), ordered.size() > SHOWN ? ", ..." : "")
              + " have --prefix; export writes a file of that network alone)");
    }
    return first;
  }
}
