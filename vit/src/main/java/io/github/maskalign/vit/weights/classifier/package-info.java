/** Reads the heads of classifiers in files of this library and of others. */
package io.github.maskalign.vit.weights.classifier;
