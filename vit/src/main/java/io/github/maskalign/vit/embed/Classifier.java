package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.hub.ModelLocation;
import io.github.maskalign.vit.hub.ModelPart;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.classifier.Probability;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * image -> classes with probabilities: a Vision Transformer with a classification head, for
 * services.
 *
 * <pre>{@code
 * try (Classifier classifier = Classifier.load(Path.of("vit_tiny_patch16_224"))) {
 *   List<Prediction> best = classifier.classify(bufferedImage, 5);
 * }
 * }</pre>
 *
 * <p>Thread-safe, as {@link Embedder} is: images are decoded and resized on the calling threads,
 * and those of concurrent callers are batched for the network. The weight file is mapped into
 * memory and must not change until {@link #close}, which frees all memory.
 *
 * @since 0.1.0
 */
public final class Classifier implements AutoCloseable {

  private final OpenModel<ClassifierNetwork> model;
  private final ImageRequests requests;

  private Classifier(OpenModel<ClassifierNetwork> model, ClassifierOptions options) {
    this.model = model;
    this.requests =
        new ImageRequests(
            model.file(),
            model.network().card(),
            model.network().tower(),
            "classifier",
            model.network()::logits,
            options.batching());
  }

  /** Loads a classifier by its name or path, with the default options. */
  public static Classifier load(String model) {
    return load(model, ClassifierOptions.defaults());
  }

  /**
   * Loads a classifier by its name or path.
   *
   * @param model {@code hf:ORG/NAME} or {@code hf:ORG/NAME@REVISION} on the Hub, fetched unless the
   *     cache has it; or what {@link #load(Path, ClassifierOptions)} takes
   * @throws io.github.maskalign.vit.hub.access.HubException if the Hub does not give it
   */
  public static Classifier load(String model, ClassifierOptions options) {
    return load(ModelLocation.parse(model).path(ModelPart.NETWORK), options);
  }

  /** Loads a classifier with the default options. */
  public static Classifier load(Path model) {
    return load(model, ClassifierOptions.defaults());
  }

  /**
   * Loads a classifier.
   *
   * @param model a weight file, or a folder with weights and configuration: of {@code finetune} or
   *     {@code probe}, or a published classifier
   * @throws io.github.maskalign.tensor.error.FormatException if it is damaged, or has no
   *     classification head
   * @throws io.github.maskalign.tensor.error.DeviceException if the backend is not available
   */
  public static Classifier load(Path model, ClassifierOptions options) {
    return new Classifier(
        OpenModel.open(
            "classifier",
            () -> NetworkFile.open(model).withProcessing(options.processing()),
            options.execution(),
            (scope, file) -> ClassifierNetwork.load(scope, file, options.merge())),
        options);
  }

  /** The classes. */
  public ClassNames classes() {
    return model.network().classes();
  }

  /**
   * What the probabilities of an image mean: of exactly one class, or of each class by itself,
   * where the file says {@code multi_label_classification}.
   */
  public Probability probability() {
    return model.network().probability();
  }

  /** The preprocessing of images. */
  public Preprocessing preprocessing() {
    return model.network().card().preprocessing();
  }

  /** What of the preprocessing was assumed or passed over, a line each. */
  public List<String> notes() {
    return requests.notes();
  }

  /**
   * Which backend, device and JPEG library are in use, and what of the preprocessing no file
   * states, one line each.
   */
  public String explanation() {
    return model.choice().explanation() + System.lineSeparator() + requests.explanation();
  }

  /**
   * The most probable classes of a decoded image, highest first; of equal ones, the class with the
   * lower number first.
   *
   * @param top how many; all if there are fewer classes
   */
  public List<Prediction> classify(BufferedImage image, int top) {
    return best(requests.submit(ImageInput.of(image)), top);
  }

  /**
   * The most probable classes of an image file.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException naming the file, if it cannot be
   *     decoded
   * @throws OutOfMemoryException naming the file, if Java or the system has too little memory
   * @throws UncheckedIOException if it is missing or cannot be read
   */
  public List<Prediction> classify(Path file, int top) {
    return best(requests.submit(ImageInput.of(file)), top);
  }

  /**
   * The most probable classes of the content of an image file.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   */
  public List<Prediction> classify(byte[] file, int top) {
    return best(requests.submit(ImageInput.of(file)), top);
  }

  /**
   * The most probable classes of an image file read to the end of the stream, which stays open.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   * @throws UncheckedIOException if the stream fails
   */
  public List<Prediction> classify(InputStream file, int top) {
    return best(requests.submit(file), top);
  }

  /**
   * The most probable classes of decoded pixels.
   *
   * @throws io.github.maskalign.tensor.error.ClosedException after {@link #close}
   * @throws io.github.maskalign.tensor.error.ThreadInterruptedException if the calling thread is
   *     interrupted, with its interrupt flag set
   */
  public List<Prediction> classify(Picture picture, int top) {
    return best(requests.submit(ImageInput.of(picture)), top);
  }

  /**
   * The most probable classes of several images, in their order: they are decoded in parallel and
   * computed in batches.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if one cannot be decoded
   */
  public List<List<Prediction>> classifyAll(List<? extends ImageInput> images, int top) {
    List<List<Prediction>> all = new ArrayList<>(images.size());
    requests.submitAll(images, (_, logits) -> all.add(best(logits, top)));
    return all;
  }

  /**
   * The most probable classes of an image, later: it is decoded on a thread of Java's common pool.
   */
  public CompletableFuture<List<Prediction>> classifyAsync(ImageInput image, int top) {
    return requests.submitAsync(image).thenApply(logits -> best(logits, top));
  }

  /** Whether requests are served, and how many were. */
  public Health health() {
    return requests.health();
  }

  /** image -> logits [classes], by the numbers of the classes. */
  public float[] logits(Picture picture) {
    return requests.submit(ImageInput.of(picture));
  }

  /** image -> probabilities [classes], by the numbers of the classes. */
  public float[] probabilities(Picture picture) {
    return probability().of(logits(picture));
  }

  private List<Prediction> best(float[] logits, int top) {
    return Prediction.best(logits, classes(), probability(), top);
  }

  /** Completes pending requests, then frees all memory; closing again has no effect. */
  @Override
  public void close() {
    requests.close();
    model.close();
  }
}
