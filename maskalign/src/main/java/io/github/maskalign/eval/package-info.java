/** Evaluation of frozen features by k-NN and a linear probe, and of classifiers. */
package io.github.maskalign.eval;
