package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.Preprocessing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Decodes and preprocesses images on the calling threads, and batches them for a network. */
final class ImageRequests implements AutoCloseable {

  private final PictureDecoder decoder = PictureDecoder.open();
  private final Preprocessing preprocessing;
  private final Batcher<float[]> batcher;

  ImageRequests(Preprocessing preprocessing, Batcher<float[]> batcher) {
    this.preprocessing = preprocessing;
    this.batcher = batcher;
  }

  /** Which JPEG library is in use. */
  String explanation() {
    return decoder.explanation();
  }

  float[] submit(BufferedImage image) {
    return submit(Picture.of(image));
  }

  float[] submit(Path file) {
    try {
      return submit(decoder.decode(file));
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(file.toString(), e);
    }
  }

  float[] submit(byte[] file) {
    return submit(decoder.decode(file, "the image"));
  }

  float[] submit(InputStream file) {
    try {
      return submit(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the image", e);
    }
  }

  float[] submit(Picture picture) {
    return batcher.submit(preprocessing.apply(picture));
  }

  @Override
  public void close() {
    batcher.close();
  }
}
