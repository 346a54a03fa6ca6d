/** Resampling filters, their weights, and planes of 8-bit, 16-bit and float values under them. */
package io.github.maskalign.vit.image.resize;
