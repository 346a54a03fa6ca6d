/** Atomic file updates, digests and name patterns. */
package io.github.maskalign.tensor.io;
