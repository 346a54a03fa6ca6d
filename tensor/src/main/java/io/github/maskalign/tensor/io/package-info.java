/** Atomic file updates, digests, file names as text, and name patterns. */
package io.github.maskalign.tensor.io;
