package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.resize.Outputs;

/**
 * The part of a resized image that is computed.
 *
 * @param rows of the resized image
 * @param columns of the resized image
 */
record Region(Outputs rows, Outputs columns) {

  static Region whole(ImageSize size) {
    return new Region(Outputs.all(size.height()), Outputs.all(size.width()));
  }

  int height() {
    return rows.count();
  }

  int width() {
    return columns.count();
  }

  int area() {
    return height() * width();
  }

  /** Whether an image has the size of the resized image. */
  boolean sized(Picture picture) {
    return picture.height() == rows.size() && picture.width() == columns.size();
  }

  /** This part of an image of that size. */
  Picture of(Picture picture) {
    return rows.whole() && columns.whole()
        ? picture
        : picture.crop(rows.from(), columns.from(), height(), width());
  }
}
