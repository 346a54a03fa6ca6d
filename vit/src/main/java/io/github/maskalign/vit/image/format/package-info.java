/** Headers and chunks of PNG, GIF, BMP and WebP files, checked before any library decodes them. */
package io.github.maskalign.vit.image.format;
