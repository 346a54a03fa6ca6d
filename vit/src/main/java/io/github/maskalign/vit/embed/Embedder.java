package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.hub.ModelLocation;
import io.github.maskalign.vit.hub.ModelPart;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.weights.NetworkFile;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * image -> embedding: a Vision Transformer for services.
 *
 * <pre>{@code
 * try (Embedder embedder = Embedder.load("hf:facebook/dinov2-small")) {
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
            "embedder",
            model.network()::embed,
            options.batching());
  }

  /** Loads a network by its name or path, with the default options. */
  public static Embedder load(String model) {
    return load(model, EmbedderOptions.defaults());
  }

  /**
   * Loads a network by its name or path.
   *
   * @param model {@code hf:ORG/NAME} or {@code hf:ORG/NAME@REVISION} on the Hub, fetched unless the
   *     cache has it; a short name such as {@code clip_b16}; or what {@link #load(Path,
   *     EmbedderOptions)} takes
   * @throws io.github.maskalign.vit.hub.access.HubException if the Hub does not give it
   */
  public static Embedder load(String model, EmbedderOptions options) {
    return load(ModelLocation.parse(model).path(ModelPart.NETWORK), options);
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
    return requests.submit(ImageInput.of(image));
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
    return requests.submit(ImageInput.of(file));
  }

  /**
   * The embedding of the content of an image file.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   */
  public float[] embed(byte[] file) {
    return requests.submit(ImageInput.of(file));
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
    return requests.submit(ImageInput.of(picture));
  }

  /**
   * The embeddings of several images, in their order: they are decoded in parallel and computed in
   * batches.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if one cannot be decoded
   * @throws io.github.maskalign.tensor.error.ThreadInterruptedException if the calling thread is
   *     interrupted, with its interrupt flag set
   */
  public List<float[]> embedAll(List<? extends ImageInput> images) {
    List<float[]> all = new ArrayList<>(images.size());
    requests.submitAll(images, (_, embedding) -> all.add(embedding));
    return all;
  }

  /**
   * The embeddings of several images, one after the other in an array.
   *
   * @param target receives {@code images.size() * width()} values
   * @param from index of the first
   * @throws ArgumentException if the array is too short
   */
  public void embedAll(List<? extends ImageInput> images, float[] target, int from) {
    int width = width();
    require(images, target.length - (long) from, from >= 0);
    requests.submitAll(
        images, (i, embedding) -> System.arraycopy(embedding, 0, target, from + i * width, width));
  }

  /**
   * The embeddings of several images, one after the other in memory, in the byte order of the
   * processor.
   *
   * @param target receives {@code images.size() * width()} floats, of any alignment
   * @throws ArgumentException if the segment is too short
   */
  public void embedAll(List<? extends ImageInput> images, MemorySegment target) {
    int width = width();
    require(images, target.byteSize() / Float.BYTES, true);
    requests.submitAll(
        images,
        (i, embedding) ->
            MemorySegment.copy(
                embedding,
                0,
                target,
                ValueLayout.JAVA_FLOAT_UNALIGNED,
                (long) Float.BYTES * i * width,
                width));
  }

  private void require(List<? extends ImageInput> images, long room, boolean inside) {
    long needed = (long) images.size() * width();
    if (!inside || room < needed) {
      throw new ArgumentException(
          "embedAll: %d embeddings of %d values need room for %d, and there is room for %d"
              .formatted(images.size(), width(), needed, Math.max(0, room)));
    }
  }

  /**
   * The embedding of an image, later: it is decoded on a thread of Java's common pool. What {@link
   * #embed(Path)} throws is the cause of the future's failure.
   */
  public CompletableFuture<float[]> embedAsync(ImageInput image) {
    return requests.submitAsync(image);
  }

  /** The same, decoded on a thread of an executor. */
  public CompletableFuture<float[]> embedAsync(ImageInput image, Executor executor) {
    return requests.submitAsync(image, executor);
  }

  /** Whether requests are served, and how many were. */
  public Health health() {
    return requests.health();
  }

  /** Completes pending requests, then frees all memory; closing again has no effect. */
  @Override
  public void close() {
    requests.close();
    model.close();
  }
}
