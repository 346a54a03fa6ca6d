/** How good frozen features are. */
package io.github.maskalign.eval;
