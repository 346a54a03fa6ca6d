package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.StoredPicture;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.NonFinite;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/** Decodes and preprocesses images, and batches them for a network. */
final class ImageRequests implements AutoCloseable {

  /** Receives the results of several images, in their order. */
  @FunctionalInterface
  interface Results {
    void accept(int image, float[] result);
  }

  private final PictureDecoder decoder = PictureDecoder.open();
  private final NetworkFile weights;
  private final ModelCard card;
  private final ImageTower tower;
  private final Batcher<PixelValues> batcher;

  /** Images that are decoded or computed at a time: more would only take memory. */
  private final int atOnce;

  /** Known only after a result that is not finite, when all weights were read. */
  private volatile boolean weightsAreFinite;

  /**
   * Requests to a loaded network.
   *
   * @param weights of the network, open until the requests end, for the cause of a bad result
   * @param name for messages
   * @param work computes a batch
   */
  ImageRequests(
      NetworkFile weights,
      ModelCard card,
      ImageTower tower,
      String name,
      Batcher.Work<PixelValues> work,
      Batching batching) {
    this.weights = weights;
    this.card = card;
    this.tower = tower;
    this.batcher = new Batcher<>(name, work, batching);
    this.atOnce = 2 * batching.maxBatch() + Runtime.getRuntime().availableProcessors();
  }

  /** Which JPEG library is in use, and what of the preprocessing no file states. */
  String explanation() {
    List<String> lines = new ArrayList<>(List.of(decoder.explanation()));
    lines.addAll(card.notes());
    return String.join(System.lineSeparator(), lines);
  }

  List<String> notes() {
    return card.notes();
  }

  Health health() {
    return batcher.health();
  }

  /** Decodes and preprocesses on the calling thread, and waits for the result. */
  float[] submit(ImageInput image) {
    return checked(batcher.submit(prepared(image)));
  }

  float[] submit(InputStream file) {
    try {
      return submit(ImageInput.of(file.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the image", e);
    }
  }

  /** Decodes and preprocesses on a thread of Java's common pool. */
  CompletableFuture<float[]> submitAsync(ImageInput image) {
    return submitAsync(image, ForkJoinPool.commonPool());
  }

  /** Decodes and preprocesses on a thread of an executor. */
  CompletableFuture<float[]> submitAsync(ImageInput image, Executor executor) {
    return CompletableFuture.supplyAsync(() -> prepared(image), executor)
        .thenCompose(batcher::submitAsync)
        .thenApply(this::checked);
  }

  /** Decodes and preprocesses several images at a time, and waits for all results. */
  void submitAll(List<? extends ImageInput> images, Results results) {
    Queue<CompletableFuture<float[]>> pending = new ArrayDeque<>();
    int done = 0;
    for (ImageInput image : images) {
      if (pending.size() == atOnce) {
        results.accept(done++, batcher.await(pending.remove()));
      }
      pending.add(submitAsync(image));
    }
    while (!pending.isEmpty()) {
      results.accept(done++, batcher.await(pending.remove()));
    }
  }

  private PixelValues prepared(ImageInput image) {
    PixelValues values =
        switch (image) {
          case ImageInput.OfFile(Path file) -> prepared(file);
          case ImageInput.OfContent(byte[] content, String name) -> prepared(content, name);
          case ImageInput.OfPicture(Picture picture) -> prepared(picture);
        };
    // Here, as a batch that fails would fail the requests of others.
    tower.require(values);
    return values;
  }

  private PixelValues prepared(Path file) {
    try {
      return plain() ? prepared(decoder.decode(file)) : prepared(decoder.stored(file));
    } catch (DamagedPictureException e) {
      throw e.named(file.toString());
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(file.toString(), e);
    }
  }

  private PixelValues prepared(byte[] content, String name) {
    try {
      return plain()
          ? prepared(decoder.decode(content, name))
          : prepared(decoder.stored(content, name));
    } catch (DamagedPictureException e) {
      throw e.named(name);
    }
  }

  private boolean plain() {
    return card.preprocessing().colors() == ColorRule.CHANNELS;
  }

  private PixelValues prepared(StoredPicture stored) {
    return card.preprocessing().load(stored);
  }

  private PixelValues prepared(Picture picture) {
    return card.preprocessing().prepare(picture);
  }

  private float[] checked(float[] result) {
    if (!weightsAreFinite && !NonFinite.isFinite(result)) {
      NonFinite.refuse(weights);
      weightsAreFinite = true;
    }
    return result;
  }

  @Override
  public void close() {
    batcher.close();
  }
}
