/** Embeddings and classes of images for services: thread-safe objects that batch requests. */
package io.github.maskalign.vit.embed;
