/** Maps parameter names to those of other libraries. */
package io.github.maskalign.vit.weights.names;
