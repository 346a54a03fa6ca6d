/** Optimizers, learning-rate schedules and gradient handling. */
package io.github.maskalign.autograd.optim;
