/** Image files: decoding, resizing, cropping and normalization of 8-bit pixels. */
package io.github.maskalign.vit.image;
