/** Augmentation of training pictures, bit-identical to timm and Pillow for equal draws. */
package io.github.maskalign.data.augment;
