/** The Vision Transformer: its configuration, layers and embeddings. */
package io.github.maskalign.vit;
