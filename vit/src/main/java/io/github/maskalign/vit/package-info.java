/** The Vision Transformer: configuration, layers and classifiers. */
package io.github.maskalign.vit;
