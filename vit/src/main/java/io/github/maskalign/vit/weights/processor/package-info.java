/** Reads how published networks want their images, as their libraries do. */
package io.github.maskalign.vit.weights.processor;
