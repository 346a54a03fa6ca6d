/** The commands {@code knn}, {@code eval} and {@code features}. */
package io.github.maskalign.cli.eval;
