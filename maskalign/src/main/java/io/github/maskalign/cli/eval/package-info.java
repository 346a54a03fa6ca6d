/** Commands that evaluate networks: {@code knn} and {@code eval}. */
package io.github.maskalign.cli.eval;
