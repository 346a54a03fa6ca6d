/** Metadata of image files that say how to turn their pixels. */
package io.github.maskalign.vit.image.metadata;
