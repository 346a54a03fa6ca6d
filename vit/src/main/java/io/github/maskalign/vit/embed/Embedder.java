package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.Preprocessing;
import io.github.maskalign.vit.weights.NetworkFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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

  private final NetworkFile file;
  private final Backends.Choice choice;
  private final Scope scope;
  private final EmbeddingNetwork network;
  private final PictureDecoder decoder;
  private final Batcher<float[]> batcher;

  private Embedder(
      NetworkFile file,
      Backends.Choice choice,
      Scope scope,
      EmbeddingNetwork network,
      EmbedderOptions options) {
    this.file = file;
    this.choice = choice;
    this.scope = scope;
    this.network = network;
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
   *     DINOv2, DINOv3 and ViT of Hugging Face, timm's ViTs, and networks trained by this library
   * @throws io.github.maskalign.tensor.error.FormatException if it is damaged, or not a known
   *     network
   * @throws io.github.maskalign.tensor.error.ShapeException if the network does not have the
   *     requested output
   * @throws io.github.maskalign.tensor.error.DeviceException if the backend is not available
   */
  public static Embedder load(Path model, EmbedderOptions options) {
    return load(() -> NetworkFile.open(model), options);
  }

  /** Loads a network from an open file, which {@link #close} closes, as does a failure. */
  static Embedder load(NetworkFile file, EmbedderOptions options) {
    return load(() -> file, options);
  }

  private static Embedder load(Supplier<NetworkFile> opened, EmbedderOptions options) {
    BackendOptions backend = BackendOptions.defaults().withThreads(options.threads());
    Backends.Choice choice = Backends.open(options.backend(), backend);
    Scope scope = Scope.root(choice.backend(), "embedder");
    NetworkFile file = null;
    try {
      EmbeddingNetwork network;
      try (JitWarmup warmUp = JitWarmup.start(choice.backend())) {
        file = opened.get();
        warmUp.like(file.config());
        network = EmbeddingNetwork.load(scope, file, options);
      }
      return new Embedder(file, choice, scope, network, options);
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

  /** The preprocessing of images. */
  public Preprocessing preprocessing() {
    return network.preprocessing();
  }

  /** Which backend, device and JPEG library are in use, one line each. */
  public String explanation() {
    return choice.explanation() + System.lineSeparator() + decoder.explanation();
  }

  /** The backend, open until this is closed. */
  Backend backend() {
    return choice.backend();
  }

  /**
   * The backend's memory: live are small weights and the images in process. On a CPU, large weights
   * stay in their mapped file and, packed for matrix products, on the Java heap.
   */
  public MemoryStats memory() {
    return choice.backend().memory();
  }

  /** The embedding of a decoded image. */
  public float[] embed(BufferedImage image) {
    return embed(Picture.of(image));
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
    try {
      return embed(decoder.decode(file));
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(file.toString(), e);
    }
  }

  /**
   * The embedding of the content of an image file.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   */
  public float[] embed(byte[] file) {
    return embed(decoder.decode(file, "the image"));
  }

  /**
   * The embedding of an image file read to the end of the stream, which stays open.
   *
   * @throws io.github.maskalign.vit.image.DamagedPictureException if it cannot be decoded
   * @throws UncheckedIOException if the stream fails
   */
  public float[] embed(InputStream file) {
    try {
      return embed(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the image", e);
    }
  }

  /**
   * The embedding of decoded pixels.
   *
   * @throws io.github.maskalign.tensor.error.ClosedException after {@link #close}
   * @throws io.github.maskalign.tensor.error.ThreadInterruptedException if the calling thread is
   *     interrupted, with its interrupt flag set
   */
  public float[] embed(Picture picture) {
    return batcher.submit(network.preprocessing().apply(picture));
  }

  /** Completes pending requests, then frees all memory; closing again has no effect. */
  @Override
  public void close() {
    batcher.close();
    scope.close();
    choice.close();
    file.close();
  }
}
