/** Finds pictures by their embeddings: a file of vectors, mapped into memory and searched. */
package io.github.maskalign.vit.search;
