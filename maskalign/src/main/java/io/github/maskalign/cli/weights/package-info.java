/** The commands {@code inspect} and {@code export}. */
package io.github.maskalign.cli.weights;
