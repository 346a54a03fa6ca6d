package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.weights.names.PrefixChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The known families, in order of precedence.
 *
 * @since 0.1.0
 */
public final class Families {

  private static final List<Family> ALL =
      List.of(
          new Own(),
          new TimmDinoV3(),
          new TimmVit(),
          new OpenClip(),
          new OpenClipTimm(),
          new Clip(),
          new MetaClip2(),
          new Siglip(),
          new Siglip2NaFlex(),
          new DinoV2(),
          new DinoV3(),
          new Deit(),
          new Mae(),
          new IJepa(),
          new VitMsn(),
          new Vit());

  private Families() {}

  /**
   * A network in a file.
   *
   * @param family of the network
   * @param table of its names
   * @param prefix of all of its names, such as {@code "model."}
   */
  public record Found(Family family, NameTable table, String prefix) {

    /** The same with one more prefix. */
    public Found below(String outer) {
      return new Found(family, table, outer + prefix);
    }

    /** Whether the patch embedding is there too, and not only the landmark. */
    private boolean hasPatches(Set<String> names) {
      return table.sources("patch_embed.proj.weight", names).stream()
          .allMatch(part -> names.contains(prefix + part.name()));
    }

    /** The same names, of another family. */
    public Found of(Family other) {
      return new Found(other, table, prefix);
    }
  }

  /**
   * The family of a configuration file; empty if it is of no known format.
   *
   * @throws FormatException if the format is known, and the network is not
   */
  public static Optional<Family> reading(JsonNode config) {
    Optional<Family> family = ALL.stream().filter(each -> each.reads(config)).findFirst();
    String type = config.path("model_type").asText("");
    if (family.isEmpty() && type.endsWith("_text_model")) {
      throw new FormatException(
          "'%s' is a text tower alone, and images need an image tower; use the folder of the whole network"
              .formatted(Printable.line(type)));
    }
    if (family.isEmpty() && config.path("model_type").isTextual()) {
      String known =
          ALL.stream()
              .flatMap(each -> each instanceof HfFamily named ? named.types().stream() : null)
              .collect(Collectors.joining(", "));
      throw new FormatException(
          "model_type '%s' is not supported; supported are %s"
              .formatted(config.get("model_type").textValue(), known));
    }
    return family;
  }

  /** All values of {@code model_type} of transformers that are known, with towers alone. */
  static List<String> transformersTypes() {
    return ALL.stream()
        .flatMap(each -> each instanceof HfFamily named ? named.allTypes().stream() : null)
        .toList();
  }

  /** The names of transformers' classes of a {@code model_type}. */
  public static NameTable transformers(String modelType) {
    return ALL.stream()
        .filter(family -> family instanceof HfFamily named && named.isOf(modelType))
        .findFirst()
        .orElseThrow()
        .tables()
        .getFirst();
  }

  /** The names of timm, also used by this library. */
  public static NameTable timm() {
    return TimmVit.NAMES;
  }

  /**
   * The network of a family among names, which may have a prefix, such as {@code module.} from
   * distributed training. If a file contains several networks, such as a student and a teacher, a
   * teacher's or averaged weights are preferred, then a prefix that only names the network as a
   * whole, such as {@code backbone.}, then the shortest path.
   *
   * @throws FormatException if several networks are as good
   */
  public static Optional<Found> find(Family family, Set<String> names) {
    return find(List.of(family), names);
  }

  /**
   * The network among names of any family.
   *
   * @throws FormatException if there is none, or several are as good
   */
  public static Found require(Set<String> names) {
    return find(ALL, names)
        .orElseThrow(
            () ->
                new FormatException(
                    "no Vision Transformer with known names among %s; expected the names of timm, of"
                            .formatted(Quantity.of(names.size(), "tensor"))
                        + " OpenCLIP, or of Hugging Face's CLIP, SigLIP, ViT, DINOv2 or DINOv3"));
  }

  /**
   * The table of names without prefix.
   *
   * @throws FormatException if there is none
   */
  public static NameTable detect(Set<String> names) {
    return require(names).table();
  }

  /**
   * A network of which no configuration tells the family, as one of each family with such names.
   */
  public static List<Found> alike(Found found) {
    String landmark = found.table().landmark();
    return ALL.stream()
        .flatMap(
            family ->
                family.tables().stream()
                    .filter(table -> table.landmark().equals(landmark))
                    .map(table -> new Found(family, table, found.prefix())))
        .toList();
  }

  /** Whether a table is of OpenCLIP, with an image tower of its own or of timm. */
  public static boolean isOpenClip(NameTable table) {
    return ALL.stream()
        .filter(OpenClip.class::isInstance)
        .flatMap(family -> family.tables().stream())
        .anyMatch(each -> each.landmark().equals(table.landmark()));
  }

  private static Optional<Found> find(List<Family> families, Set<String> names) {
    Map<String, Found> byPrefix = new LinkedHashMap<>();
    for (Family family : families) {
      for (NameTable table : family.tables()) {
        for (String name : names) {
          if (table.ends(name)) {
            String prefix = name.substring(0, name.length() - table.landmark().length());
            byPrefix.putIfAbsent(prefix, new Found(family, table, prefix));
          }
        }
      }
    }
    if (byPrefix.values().stream().anyMatch(found -> found.hasPatches(names))) {
      byPrefix.values().removeIf(found -> !found.hasPatches(names));
    }
    return byPrefix.isEmpty()
        ? Optional.empty()
        : Optional.of(byPrefix.get(PrefixChoice.best(byPrefix.keySet())));
  }
}
