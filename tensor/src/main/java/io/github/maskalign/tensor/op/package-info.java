/** The kinds of elementwise operations and reductions. */
package io.github.maskalign.tensor.op;
