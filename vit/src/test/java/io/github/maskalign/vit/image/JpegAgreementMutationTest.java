package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.vit.image.PictureDecoder.JpegLibrary;
import org.jspecify.annotations.Nullable;

/**
 * Both JPEG libraries decode a mutated file, or refuse it for the same reason. Requires
 * libjpeg-turbo; skipped with a message without it.
 */
class JpegAgreementMutationTest extends PictureMutationContract {

  private final PictureDecoder turbo = open(SMALL.withJpeg(JpegLibrary.TURBO));

  JpegAgreementMutationTest() {
    super(SMALL.withJpeg(JpegLibrary.IMAGEIO));
  }

  @Override
  protected ByteMutator mutator() {
    return PictureMutations.ofJpeg();
  }

  @Override
  protected void read(byte[] file, String name) {
    String reason = reason(file, name);
    try {
      super.read(file, name);
      assertEquals(null, reason, name);
    } catch (DamagedPictureException e) {
      assertEquals(e.reason(), reason, name);
      throw e;
    }
  }

  private @Nullable String reason(byte[] file, String name) {
    try {
      turbo.decode(file, name);
      return null;
    } catch (DamagedPictureException e) {
      return e.reason();
    }
  }
}
