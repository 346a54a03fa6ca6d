/** Files that appear whole or not at all, and digests of their content. */
package io.github.maskalign.tensor.io;
