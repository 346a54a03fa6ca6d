/** Atomic file updates, bounded reads, digests, file names as text, and name patterns. */
package io.github.maskalign.tensor.io;
