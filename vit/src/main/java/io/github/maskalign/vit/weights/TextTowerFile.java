package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.Vocabulary;
import io.github.maskalign.vit.weights.config.HfConfig;
import io.github.maskalign.vit.weights.config.OpenClipConfig;
import io.github.maskalign.vit.weights.names.TextNames;
import io.github.maskalign.vit.weights.names.ViTNames;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The text tower in the file of a complete CLIP.
 *
 * @since 0.1.0
 */
public final class TextTowerFile {

  private final NetworkFile network;
  private final TextNames names;
  private final TextConfig config;

  private TextTowerFile(NetworkFile network, TextNames names, TextConfig config) {
    this.network = network;
    this.names = names;
    this.config = config;
  }

  /**
   * Finds the text tower. Its sizes come from the shapes of its weights, the rest from the
   * configuration beside them, else from what files with such names usually have.
   *
   * @param network must stay open while this is used
   * @throws FormatException if the file has no text tower of CLIP
   */
  public static TextTowerFile of(NetworkFile network) {
    TextNames names =
        TextNames.find(network.weights().names())
            .filter(_ -> network.names() != ViTNames.HF_SIGLIP)
            .orElseThrow(() -> none(network));
    NamedShapes shapes = NamedShapes.of(network.weights(), names);
    TextConfig shape = shape(shapes, names);
    BlockFit.check(shapes, shape.blocks());
    ConfigFile configFile = NetworkFile.configFile(network.file());
    if (configFile == null) {
      return new TextTowerFile(network, names, shape);
    }
    try {
      TextConfig config =
          OpenClipConfig.matches(configFile.json())
              ? OpenClipConfig.text(configFile.json(), shape)
              : HfConfig.text(configFile.json(), shape);
      return new TextTowerFile(network, names, config);
    } catch (TensorException e) {
      throw new FormatException(configFile.name() + ": " + e.getMessage(), e);
    }
  }

  private static FormatException none(NetworkFile network) {
    return new FormatException(
        ("%s has no text tower of CLIP (its names are those of %s): zero-shot classification"
                    + " requires the file")
                .formatted(network.file().description(), network.names().title())
            + " of a complete CLIP, of Hugging Face or OpenCLIP; for images alone use Embedder");
  }

  private static TextConfig shape(NamedShapes shapes, TextNames names) {
    Shape table = shapes.require("token_embed", 2);
    int width = table.dim(1);
    int hidden = shapes.require("blocks.0.mlp.fc1.weight", 2).dim(0);
    Activation usual = names == TextNames.HF_CLIP ? Activation.QUICK_GELU : Activation.GELU;
    return new TextConfig(
        table.dim(0),
        shapes.require("positions", 2).dim(0),
        new ViTConfig.Blocks(
            width,
            shapes.depth(),
            NamedShapes.heads(width),
            (double) hidden / width,
            usual,
            1e-5,
            0),
        shapes.require("projection.weight", 2).dim(0),
        OptionalInt.empty());
  }

  /** The configuration of the tower. */
  public TextConfig config() {
    return config;
  }

  /**
   * Reads the vocabulary beside the weights.
   *
   * @throws FormatException if there is none, or it does not fit this tower
   */
  public Vocabulary vocabulary() {
    Path weights = network.file().files().getFirst().toAbsolutePath();
    Vocabulary vocabulary = VocabularyFiles.read(weights.getParent(), config.vocabulary());
    int last = vocabulary.ids().values().stream().mapToInt(id -> id).max().orElse(0);
    if (last >= config.vocabulary()) {
      throw new FormatException(
          ("%s: the vocabulary beside it has tokens up to %d, its embedding table %d rows; use"
                      + " the vocabulary of")
                  .formatted(network.file().description(), last, config.vocabulary())
              + " this network");
    }
    if (config.end().isPresent() && config.end().getAsInt() != vocabulary.end()) {
      throw new FormatException(
          ("%s: eos_token_id is %d, but '%s' has id %d in the vocabulary beside it; use the"
                  + " vocabulary of this network")
              .formatted(
                  network.file().description(),
                  config.end().getAsInt(),
                  Vocabulary.END,
                  vocabulary.end()));
    }
    return vocabulary;
  }

  /**
   * Loads the tower, and other parameters that are there, such as {@code logit_scale}.
   *
   * @throws FormatException if the weights do not fit
   */
  public LoadReport load(Parameters parameters) {
    return Weights.load(network.weights(), parameters, LoadOptions.strict().withNames(names));
  }
}
