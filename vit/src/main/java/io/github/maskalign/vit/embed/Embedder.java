package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.weights.NetworkFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * picture -> embedding: a Vision Transformer for services.
 *
 * <pre>{@code
 * try (Embedder embedder = Embedder.load(Path.of("clip-vit-base-patch16"))) {
 *   float[] vector = embedder.embed(bufferedImage);
 * }
 * }</pre>
 *
 * <p>Safe for any number of threads, virtual ones too: pictures are decoded and resized on the
 * calling threads, and the network looks at those of concurrent callers together. Memory of a call
 * is used again by the next; {@link #close} gives all of it back.
 *
 * <p>The weight file is mapped into memory and must stay as it is until then: to exchange a model,
 * write the new one under another name and rename it.
 *
 * @since 0.1.0
 */
public final class Embedder implements AutoCloseable {

  private final NetworkFile file;
  private final Backends.Choice choice;
  private final Scope scope;
  private final EmbeddingNetwork network;
  private final Preprocessing preprocessing;
  private final PictureDecoder decoder;
  private final Batcher<float[]> batcher;

  private Embedder(
      NetworkFile file,
      Backends.Choice choice,
      Scope scope,
      EmbeddingNetwork network,
      Preprocessing preprocessing,
      EmbedderOptions options) {
    this.file = file;
    this.choice = choice;
    this.scope = scope;
    this.network = network;
    this.preprocessing = preprocessing;
    this.decoder = PictureDecoder.open();
    this.batcher =
        new Batcher<>("embedder", network::embed, options.maxBatch(), options.maxDelay());
  }

  /** Loads a network with the default options. */
  public static Embedder load(Path model) {
    return load(model, EmbedderOptions.defaults());
  }

  /**
   * Loads a network.
   *
   * @param model a weight file, or a folder with weights and configuration: CLIP, SigLIP, DINO,
   *     DINOv2, DINOv3 and ViT of Hugging Face, timm's ViTs, and what this library trained
   * @throws io.github.maskalign.tensor.error.FormatException if it is damaged, or no known network
   * @throws io.github.maskalign.tensor.error.ShapeException if the network cannot give such an
   *     output
   * @throws io.github.maskalign.tensor.error.DeviceException if the backend is not available
   */
  public static Embedder load(Path model, EmbedderOptions options) {
    return load(() -> NetworkFile.open(model), options);
  }

  /**
   * Loads a network of a file that is open and stays so; {@link #close} closes it, and so does a
   * failure.
   */
  static Embedder load(NetworkFile file, EmbedderOptions options) {
    return load(() -> file, options);
  }

  private static Embedder load(Supplier<NetworkFile> opened, EmbedderOptions options) {
    BackendOptions backend = BackendOptions.defaults().withThreads(options.threads());
    Backends.Choice choice = Backends.open(options.backend(), backend);
    Scope scope = Scope.root(choice.backend(), "embedder");
    NetworkFile file = null;
    try (WarmUp warmUp = WarmUp.start(choice.backend())) {
      file = opened.get();
      warmUp.like(file.config());
      EmbeddingNetwork network = EmbeddingNetwork.load(scope, file, options);
      return new Embedder(file, choice, scope, network, Preprocessing.of(file), options);
    } catch (RuntimeException | Error e) {
      scope.close();
      choice.close();
      if (file != null) {
        file.close();
      }
      throw e;
    }
  }

  /** Length of an embedding. */
  public int width() {
    return network.width();
  }

  /** How pictures are prepared for the network. */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /** Which backend and device run, and which JPEG library decodes, in a line each. */
  public String explanation() {
    return choice.explanation() + System.lineSeparator() + decoder.explanation();
  }

  /** What computes; open until this is closed. */
  Backend backend() {
    return choice.backend();
  }

  /**
   * The backend's memory: what is live is small weights and the pictures being looked at. On a CPU
   * large weights are in their file, and, in the form that products take, on the Java heap.
   */
  public MemoryStats memory() {
    return choice.backend().memory();
  }

  /** The embedding of an image in memory. */
  public float[] embed(BufferedImage image) {
    return embed(Picture.of(image));
  }

  /**
   * The embedding of a picture in a file.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException naming the file, if it cannot be
   *     decoded
   */
  public float[] embed(Path file) {
    return embed(decoder.decode(file));
  }

  /**
   * The embedding of a picture that was read from a file or a request.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   */
  public float[] embed(byte[] file) {
    return embed(decoder.decode(file, "the picture"));
  }

  /**
   * The embedding of a picture that is read to the stream's end; the stream stays open.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   * @throws UncheckedIOException if the stream fails
   */
  public float[] embed(InputStream file) {
    try {
      return embed(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the picture", e);
    }
  }

  /**
   * The embedding of pixels.
   *
   * @throws io.github.maskalign.tensor.error.ClosedException after {@link #close}
   */
  public float[] embed(Picture picture) {
    return batcher.submit(preprocessing.apply(picture));
  }

  /** Waits for the embeddings asked for, then gives all memory back; closing again does nothing. */
  @Override
  public void close() {
    batcher.close();
    scope.close();
    choice.close();
    file.close();
  }
}
