/** Vector search: an index of embeddings in a memory-mapped file. */
package io.github.maskalign.vit.search;
