/** Pictures of 8-bit pixels. */
package io.github.maskalign.vit.image;
