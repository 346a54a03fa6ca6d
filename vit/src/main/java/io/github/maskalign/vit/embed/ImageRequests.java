package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.StoredPicture;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.NonFinite;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Decodes and preprocesses images on the calling threads, and batches them for a network. */
final class ImageRequests implements AutoCloseable {

  private static final String NAME = "the image";

  private final PictureDecoder decoder = PictureDecoder.open();
  private final NetworkFile weights;
  private final ModelCard card;
  private final ImageTower tower;
  private final Batcher<PixelValues> batcher;

  /** Known only after a result that is not finite, when all weights were read. */
  private volatile boolean weightsAreFinite;

  /**
   * Requests to a loaded network.
   *
   * @param weights of the network, open until the requests end, for the cause of a bad result
   */
  ImageRequests(
      NetworkFile weights, ModelCard card, ImageTower tower, Batcher<PixelValues> batcher) {
    this.weights = weights;
    this.card = card;
    this.tower = tower;
    this.batcher = batcher;
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

  private boolean plain() {
    return card.preprocessing().colors() == ColorRule.CHANNELS;
  }

  float[] submit(BufferedImage image) {
    return submit(Picture.of(image));
  }

  float[] submit(Path file) {
    try {
      return plain() ? submit(decoder.decode(file)) : submit(decoder.stored(file));
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(file.toString(), e);
    }
  }

  float[] submit(byte[] file) {
    return plain() ? submit(decoder.decode(file, NAME)) : submit(decoder.stored(file, NAME));
  }

  float[] submit(InputStream file) {
    try {
      return submit(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the image", e);
    }
  }

  private float[] submit(StoredPicture stored) {
    return submit(card.preprocessing().load(stored));
  }

  float[] submit(Picture picture) {
    return submit(card.preprocessing().prepare(picture));
  }

  /** Checked here, as a failing batch would fail the requests of others. */
  private float[] submit(PixelValues image) {
    tower.require(image);
    float[] result = batcher.submit(image);
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
