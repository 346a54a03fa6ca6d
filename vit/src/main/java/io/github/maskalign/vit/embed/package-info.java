/** Embeddings of images for services: thread-safe objects that batch concurrent requests. */
package io.github.maskalign.vit.embed;
