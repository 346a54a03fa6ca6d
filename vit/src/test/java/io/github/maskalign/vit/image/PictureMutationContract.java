package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.vit.image.PictureDecoder.Options;

/** Mutated files of all formats give an image or say what is wrong. */
abstract class PictureMutationContract extends FuzzContract {

  /** 1032 bytes per byte of PNG, and working memory. */
  private static final long MAX_BYTES = 64L << 20;

  static final Options SMALL = Options.defaults().withMaxPixels(1 << 20);

  private final PictureDecoder decoder;

  PictureMutationContract(Options options) {
    this.decoder = open(options);
  }

  /** Opens a decoder; skips the test with a message if its library is not installed. */
  static PictureDecoder open(Options options) {
    try {
      return PictureDecoder.open(options);
    } catch (DeviceException e) {
      System.err.println("SKIPPED: mutated images: " + e.getMessage());
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  @Override
  protected ByteMutator mutator() {
    return PictureMutations.ofAllFormats();
  }

  @Override
  protected void read(byte[] file, String name) {
    try {
      assertEquals(Picture.RGB, decoder.decode(file, name).channels());
    } catch (DamagedPictureException e) {
      assertEquals(name, e.name());
      assertFalse(e.reason().isBlank());
      throw e;
    }
  }

  @Override
  protected boolean isRefusal(Throwable failure) {
    return failure instanceof DamagedPictureException;
  }

  @Override
  protected long memoryLimit(byte[] file) {
    return MAX_BYTES;
  }

  @Override
  protected long secondsLimit() {
    return 10;
  }
}
