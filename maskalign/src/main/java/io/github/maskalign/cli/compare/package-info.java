/** The command {@code compare}: variants of pre-training with the same budget and several seeds. */
package io.github.maskalign.cli.compare;
