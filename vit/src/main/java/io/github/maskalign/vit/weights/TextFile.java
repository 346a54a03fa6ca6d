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
import io.github.maskalign.vit.weights.names.NameMaps;
import io.github.maskalign.vit.weights.names.NamedShapes;
import io.github.maskalign.vit.weights.names.TextNames;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The text tower beside the image tower in a file of a whole CLIP.
 *
 * @since 0.1.0
 */
public final class TextFile {

  private final NetworkFile network;
  private final TextNames names;
  private final TextConfig config;

  private TextFile(NetworkFile network, TextNames names, TextConfig config) {
    this.network = network;
    this.names = names;
    this.config = config;
  }

  /**
   * The text tower; sizes are told by its weights, the rest by the configuration beside them, else
   * it is what is usual for files of such names.
   *
   * @param network open as long as this is used
   * @throws FormatException if the file has no text tower of CLIP
   */
  public static TextFile of(NetworkFile network) {
    TextNames names =
        TextNames.find(network.weights().names())
            .filter(_ -> network.names() != NameMaps.HF_SIGLIP)
            .orElseThrow(() -> none(network));
    TextConfig shape = shape(NamedShapes.of(network.weights(), names), names);
    NetworkFile.Beside beside = NetworkFile.beside(network.file());
    if (beside == null) {
      return new TextFile(network, names, shape);
    }
    try {
      TextConfig config =
          OpenClipConfig.matches(beside.json())
              ? OpenClipConfig.text(beside.json(), shape)
              : HfConfig.text(beside.json(), shape);
      return new TextFile(network, names, config);
    } catch (TensorException e) {
      throw new FormatException(beside.path() + ": " + e.getMessage(), e);
    }
  }

  private static FormatException none(NetworkFile network) {
    return new FormatException(
        "%s holds no text tower of CLIP (its names are those of %s): labels by text need the file"
                .formatted(network.file().description(), network.names().title())
            + " of a whole CLIP, of Hugging Face or OpenCLIP; for pictures alone use Embedder");
  }

  private static TextConfig shape(NamedShapes shapes, TextNames names) {
    Shape table = matrix(shapes, "token_embed");
    int width = table.dim(1);
    int hidden = matrix(shapes, "blocks.0.mlp.fc1.weight").dim(0);
    Activation usual = names == TextNames.HF_CLIP ? Activation.QUICK_GELU : Activation.GELU;
    return new TextConfig(
        table.dim(0),
        matrix(shapes, "positions").dim(0),
        new ViTConfig.Blocks(
            width,
            shapes.depth(),
            NamedShapes.heads(width),
            (double) hidden / width,
            usual,
            1e-5,
            0),
        matrix(shapes, "projection.weight").dim(0),
        OptionalInt.empty());
  }

  private static Shape matrix(NamedShapes shapes, String parameter) {
    Shape shape = shapes.require(parameter);
    if (shape.rank() != 2) {
      throw new FormatException(
          "%s: '%s' of the text tower has the shape %s, which is no matrix"
              .formatted(shapes.source().description(), parameter, shape));
    }
    return shape;
  }

  /** The shape of the tower. */
  public TextConfig config() {
    return config;
  }

  /**
   * The vocabulary beside the weights.
   *
   * @throws FormatException if there is none, or not one for this tower
   */
  public Vocabulary vocabulary() {
    Path weights = network.file().files().getFirst().toAbsolutePath();
    Vocabulary vocabulary = VocabularyFiles.read(weights.getParent(), config.vocabulary());
    int last = vocabulary.ids().values().stream().mapToInt(id -> id).max().orElse(0);
    if (last >= config.vocabulary()) {
      throw new FormatException(
          "%s: the vocabulary beside it goes up to token %d, its table has %d rows; the two are of"
                  .formatted(network.file().description(), last, config.vocabulary())
              + " different networks");
    }
    if (config.end().isPresent() && config.end().getAsInt() != vocabulary.end()) {
      throw new FormatException(
          "%s: eos_token_id is %d, but '%s' is token %d in the vocabulary beside it"
              .formatted(
                  network.file().description(),
                  config.end().getAsInt(),
                  Vocabulary.END,
                  vocabulary.end()));
    }
    return vocabulary;
  }

  /**
   * Loads the tower, and what else the parameters name: {@code logit_scale}.
   *
   * @throws FormatException if the weights do not fit
   */
  public LoadReport load(Parameters parameters) {
    return Weights.load(network.weights(), parameters, LoadOptions.strict().withNames(names));
  }
}
