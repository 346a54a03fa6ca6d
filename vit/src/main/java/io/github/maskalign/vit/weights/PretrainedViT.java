package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import java.util.function.Function;

/**
 * A Vision Transformer with the weights of a file, and how to use it.
 *
 * @param network with its weights
 * @param card preprocessing, at the image size of the network or of any shape, and license
 * @param report of loading the weights
 * @since 0.1.0
 */
public record PretrainedViT(ViT network, ModelCard card, LoadReport report) {

  private static final String FINAL_NORM = "norm.*";

  /**
   * Loads a network at the image size of its preprocessing, or of its configuration if no file
   * states one. Where the preprocessing keeps the shapes of images, as SigLIP 2's for NaFlex, it
   * remains so.
   *
   * @param scope owns the weights, which are frozen
   * @throws io.github.maskalign.tensor.error.FormatException if the weights do not fit the
   *     configuration
   */
  public static PretrainedViT load(Scope scope, NetworkFile file) {
    return frozen(scope, parameters -> load(parameters, file));
  }

  /**
   * Loads a network at the same size into parameters, together with those that they have already,
   * such as {@code projection.weight}.
   *
   * @param parameters if they are lazy, the file must stay open while the network is used
   * @throws io.github.maskalign.tensor.error.FormatException if the weights do not fit the
   *     configuration
   */
  public static PretrainedViT load(Parameters parameters, NetworkFile file) {
    ModelCard card = ModelCard.of(file);
    ImageSize size = card.imageSize(file);
    return load(parameters, file, card.withSizeIfFixed(size), size);
  }

  /**
   * Loads a network, resampling its positions to another image size.
   *
   * @param scope owns the weights, which are frozen
   * @param imageSize height and width of the images
   * @throws io.github.maskalign.tensor.error.FormatException if the weights do not fit the
   *     configuration
   */
  public static PretrainedViT load(Scope scope, NetworkFile file, ImageSize imageSize) {
    return frozen(scope, parameters -> load(parameters, file, imageSize));
  }

  /**
   * Loads a network into parameters, together with those that they have already, such as {@code
   * projection.weight}. A final norm may be missing and then normalizes without scale and shift,
   * unless an attention pool follows it.
   *
   * @param parameters if they are lazy, the file must stay open while the network is used
   * @param imageSize height and width of the images
   * @throws io.github.maskalign.tensor.error.FormatException if the weights do not fit the
   *     configuration
   */
  public static PretrainedViT load(Parameters parameters, NetworkFile file, ImageSize imageSize) {
    return load(parameters, file, ModelCard.of(file).withSize(imageSize), imageSize);
  }

  private static PretrainedViT load(
      Parameters parameters, NetworkFile file, ModelCard card, ImageSize imageSize) {
    ViTConfig config = file.config().withImageSize(imageSize);
    ViT network = ViT.create(parameters.root(), config);
    String[] optional =
        config.output().pooling().isLearned() ? new String[0] : new String[] {FINAL_NORM};
    LoadReport report = file.withConfig(config).load(parameters, optional);
    return new PretrainedViT(network, card, report);
  }

  /** Of weights that never change, a backend may prepare a form for products once. */
  private static PretrainedViT frozen(Scope scope, Function<Parameters, PretrainedViT> loading) {
    Parameters parameters = Parameters.uninitialized(scope, DType.F32);
    PretrainedViT loaded = loading.apply(parameters);
    parameters.freeze();
    return loaded;
  }

  /**
   * The size of the images that the files of a network state: DINOv2's networks, for example, were
   * trained for larger ones than they are used with.
   *
   * @throws io.github.maskalign.tensor.error.FormatException if a file beside the weights is
   *     damaged
   */
  public static ImageSize imageSize(NetworkFile file) {
    return ModelCard.of(file).imageSize(file);
  }

  /** The preprocessing of its images. */
  public Preprocessing preprocessing() {
    return card.preprocessing();
  }
}
