/** Embeddings of pictures for services: one object, any number of threads. */
package io.github.maskalign.vit.embed;
