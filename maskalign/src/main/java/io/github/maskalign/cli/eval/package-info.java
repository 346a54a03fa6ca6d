/** The commands {@code knn} and {@code eval}. */
package io.github.maskalign.cli.eval;
