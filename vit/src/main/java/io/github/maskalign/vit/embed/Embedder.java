package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.weights.NetworkFile;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * image -> embedding: a Vision Transformer for services.
 *
 * <pre>{@code
 * try (Embedder embedder = Embedder.load(Path.of("clip-vit-base-patch16"))) {
 *   float[] vector = embedder.embed(bufferedImage);
 * }
 * }</pre>
 *
 * <p>Thread-safe, including virtual threads: images are decoded and resized on the calling threads,
 * and those of concurrent callers are batched for the network. Calls reuse memory; {@link #close}
 * frees all of it.
 *
 * <p>The weight file is mapped into memory and must not change until then: to replace a model,
 * write the new one under another name and rename it.
 *
 * @since 0.1.0
 */
public final class Embedder implements AutoCloseable {

  private final OpenModel<EmbeddingNetwork> model;
  private final ImageRequests requests;

  private Embedder(OpenModel<EmbeddingNetwork> model, EmbedderOptions options) {
    this.model = model;
    this.requests =
        new ImageRequests(
            model.file(),
            model.network().card(),
            model.network().tower(),
            new Batcher<>(
                "embedder", model.network()::embed, options.maxBatch(), options.maxDelay()));
  }

  /** Loads a network with the default options. */
  public static Embedder load(Path model) {
    return load(model, EmbedderOptions.defaults());
  }

  /**
   * Loads a network.
   *
   * @param model a weight file, or a folder with weights and configuration: CLIP, SigLIP, DINO,
   *     DINOv2, DINOv3 and ViT of Hugging Face, timm's ViTs, and networks trained by this library
   * @throws io.github.maskalign.tensor.error.FormatException if it is damaged, or not a known
   *     network
   * @throws io.github.maskalign.tensor.error.ShapeException if the network does not have the
   *     requested output
   * @throws io.github.maskalign.tensor.error.DeviceException if the backend is not available
   */
  public static Embedder load(Path model, EmbedderOptions options) {
    return load(() -> NetworkFile.open(model).withProcessing(options.processing()), options);
  }

  /** Loads a network from an open file, which {@link #close} closes, as does a failure. */
  static Embedder load(NetworkFile file, EmbedderOptions options) {
    return load(() -> file, options);
  }

  private static Embedder load(Supplier<NetworkFile> opened, EmbedderOptions options) {
    return new Embedder(
        OpenModel.open(
            "embedder",
            opened,
            options.execution(),
            (scope, file) -> EmbeddingNetwork.load(scope, file, options)),
        options);
  }

  /** Length of an embedding. */
  public int width() {
    return model.network().width();
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

  /** The backend, open until this is closed. */
  Backend backend() {
    return model.choice().backend();
  }

  /**
   * The backend's memory: live are small weights and the images in process. On a CPU, large weights
   * stay in their mapped file and, packed for matrix products, on the Java heap.
   */
  public MemoryStats memory() {
    return model.choice().backend().memory();
  }

  /** The embedding of a decoded image. */
  public float[] embed(BufferedImage image) {
    return requests.submit(image);
  }

  /**
   * The embedding of an image file.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException naming the file, if it cannot be
   *     decoded
   * @throws OutOfMemoryException naming the file, if Java or the system has too little memory
   * @throws UncheckedIOException if it is missing or cannot be read
   */
  public float[] embed(Path file) {
    return requests.submit(file);
  }

  /**
   * The embedding of the content of an image file.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   */
  public float[] embed(byte[] file) {
    return requests.submit(file);
  }

  /**
   * The embedding of an image file read to the end of the stream, which stays open.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   * @throws UncheckedIOException if the stream fails
   */
  public float[] embed(InputStream file) {
    return requests.submit(file);
  }

  /**
   * The embedding of decoded pixels.
   *
   * @throws io.github.maskalign.tensor.error.ClosedException after {@link #close}
   * @throws io.github.maskalign.tensor.error.ThreadInterruptedException if the calling thread is
   *     interrupted, with its interrupt flag set
   */
  public float[] embed(Picture picture) {
    return requests.submit(picture);
  }

  /** Completes pending requests, then frees all memory; closing again has no effect. */
  @Override
  public void close() {
    requests.close();
    model.close();
  }
}
