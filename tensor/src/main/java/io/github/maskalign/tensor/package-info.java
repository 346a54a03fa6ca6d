/** Tensors, their scopes and operations, and the contract of backends. */
package io.github.maskalign.tensor;
