package io.github.maskalign.vit.weights.family;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.InputConfig;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What timm's architectures fix by their names, from a table that a script of {@code
 * test-vectors/oracle} made with timm.
 */
final class TimmArchitectures {

  private static final String TABLE = "timm-architectures.tsv";
  private static final String NAME = "architecture";

  /** Whose tables are resized with their corners aligned. */
  private static final Set<String> ALIGNED =
      Set.of("vit_base_patch16_radio_v3", "vit_huge_patch16_radio_v3");

  private TimmArchitectures() {}

  /**
   * One architecture.
   *
   * @param config of the network
   * @param fixedNorm whether it places its final norm itself, whatever the pooling
   */
  record Architecture(ViTConfig config, boolean fixedNorm) {

    /** The pooling of a word of timm. */
    Pooling pooling(String word) {
      Pooling pooling = TimmVit.pooling(word);
      boolean distilled = config.tokens().distillationToken();
      boolean rotary = config.tokens().positions() == PositionEmbedding.ROTARY;
      if (distilled && pooling != Pooling.CLASS_TOKEN || rotary && pooling == Pooling.ATTENTION) {
        throw new FormatException(
            "global_pool '%s' of a %s network is not supported"
                .formatted(word, distilled ? "distilled" : "DINOv3"));
      }
      return distilled ? Pooling.MEAN_CLASS_AND_DISTILLATION : pooling;
    }

    /** With another pooling, which moves the final norm unless that is fixed. */
    OutputConfig output(Pooling pooling) {
      return output(pooling, hasNorm(), null);
    }

    /**
     * With another pooling.
     *
     * @param norm whether there is a final norm
     * @param after whether it acts on the pooled vector; null where only the pooling says so
     */
    OutputConfig output(Pooling pooling, boolean norm, @Nullable Boolean after) {
      OutputConfig usual = OutputConfig.of(pooling);
      FinalNorm place = fixedNorm ? config.output().norm() : usual.norm();
      if (after != null) {
        place = after ? FinalNorm.POOLED : FinalNorm.TOKENS;
      }
      return usual.withNorm(norm ? place : FinalNorm.NONE);
    }

    /** Whether there is a final norm. */
    boolean hasNorm() {
      return config.output().norm() != FinalNorm.NONE;
    }
  }

  /**
   * The architecture of a name.
   *
   * @param name as in {@code config.json}; a tag after a dot does not matter
   * @throws FormatException if it is unknown
   */
  static Architecture require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new FormatException(
                    ("architecture '%s' is not supported; expected one of timm's plain Vision"
                            + " Transformers (vit_, deit_, deit3_) or DINOv3")
                        .formatted(name)));
  }

  private static Optional<Architecture> find(String name) {
    String plain = name.split("\\.")[0];
    List<String> lines = lines().stream().filter(line -> !line.startsWith("#")).toList();
    String[] columns = lines.getFirst().split("\t");
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split("\t");
      if (values[0].equals(plain)) {
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < columns.length; i++) {
          row.put(columns[i], values[i]);
        }
        return Optional.of(architecture(row));
      }
    }
    return Optional.empty();
  }

  private static List<String> lines() {
    try (InputStream in =
        Objects.requireNonNull(TimmArchitectures.class.getResourceAsStream(TABLE))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + TABLE, e);
    }
  }

  private static Architecture architecture(Map<String, String> row) {
    int width = number(row, "embed_dim");
    int patch = number(row, "patch_size");
    ImageSize size = ImageSize.square(number(row, "img_size"));
    boolean rotary = flag(row, "rotary");
    TokenConfig tokens =
        TokenConfig.of(
                flag(row, "class_token"),
                rotary ? PositionEmbedding.ROTARY : PositionEmbedding.LEARNED)
            .withDistillationToken(flag(row, "dist_token"))
            .withRegisters(number(row, "reg_tokens"))
            .withNorm(flag(row, "pre_norm"))
            .withResampling(resampling(text(row, NAME)));
    boolean none = rotary || flag(row, "no_embed_class");
    BlockConfig.Bias bias =
        new BlockConfig.Bias(
            flag(row, "q_bias"),
            flag(row, "k_bias"),
            flag(row, "v_bias"),
            flag(row, "proj_bias"),
            flag(row, "mlp_bias"));
    Pooling pooling =
        flag(row, "dist_token")
            ? Pooling.MEAN_CLASS_AND_DISTILLATION
            : TimmVit.pooling(text(row, "global_pool"));
    FinalNorm norm =
        switch (text(row, "norm")) {
          case "norm" -> FinalNorm.TOKENS;
          case "fc_norm" -> FinalNorm.POOLED;
          default -> FinalNorm.NONE;
        };
    OutputConfig output = OutputConfig.of(pooling);
    ViTConfig sized =
        ViTConfig.of(size, patch, width, number(row, "depth"), number(row, "num_heads"));
    ViTConfig config =
        sized
            .withInput(
                new InputConfig(
                    sized.imageSize(), patch, number(row, "in_chans"), flag(row, "patch_bias")))
            .withTokens(tokens.withPositions(tokens.positions(), none ? 0 : tokens.prefix()))
            .withOutput(output.withNorm(norm))
            .withMlp(
                (double) number(row, "mlp_width") / width,
                TimmVit.activation(text(row, "act"), flag(row, "gated")))
            .withNormEps(real(row, "eps"))
            .withLayerScale(real(row, "init_values"));
    ViTConfig complete =
        config.withBlocks(config.blocks().withBias(bias).withQueryKeyNorm(flag(row, "qk_norm")));
    return new Architecture(complete, norm != FinalNorm.NONE && output.norm() != norm);
  }

  /** How timm resizes the positions of an architecture when it loads them at another size. */
  private static Resampling resampling(String name) {
    if (ALIGNED.contains(name)) {
      return Resampling.BILINEAR_CORNERS;
    }
    return name.contains("flexi") || name.contains("radio")
        ? Resampling.BILINEAR
        : Resampling.BICUBIC_ANTIALIAS;
  }

  private static String text(Map<String, String> row, String key) {
    return Objects.requireNonNull(row.get(key), key);
  }

  private static int number(Map<String, String> row, String key) {
    return Integer.parseInt(text(row, key));
  }

  private static double real(Map<String, String> row, String key) {
    return Double.parseDouble(text(row, key));
  }

  private static boolean flag(Map<String, String> row, String key) {
    return text(row, key).equals("1");
  }
}
