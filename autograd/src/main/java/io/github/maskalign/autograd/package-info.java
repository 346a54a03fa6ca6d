/** Reverse-mode automatic differentiation: the tape and the derivative of every operation. */
package io.github.maskalign.autograd;
