package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.PictureDecoder.JpegLibrary;
import io.github.maskalign.vit.image.PictureDecoder.WebpLibrary;

class JavaPictureMutationTest extends PictureMutationContract {

  /** Lossless WebP can declare 65,536 sets of five code tables, a kilobyte each, in any file. */
  private static final long MAX_WEBP_BYTES = 1L << 29;

  JavaPictureMutationTest() {
    super(SMALL.withJpeg(JpegLibrary.IMAGEIO).withWebp(WebpLibrary.TWELVEMONKEYS));
  }

  @Override
  protected long memoryLimit(byte[] file) {
    return PictureFormat.of(file) == PictureFormat.WEBP ? MAX_WEBP_BYTES : super.memoryLimit(file);
  }
}
