package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.PictureDecoder.JpegLibrary;
import io.github.maskalign.vit.image.PictureDecoder.WebpLibrary;

/** Requires libjpeg-turbo and libwebp; skipped with a message without them. */
class NativePictureMutationTest extends PictureMutationContract {

  NativePictureMutationTest() {
    super(SMALL.withJpeg(JpegLibrary.TURBO).withWebp(WebpLibrary.LIBWEBP));
  }
}
