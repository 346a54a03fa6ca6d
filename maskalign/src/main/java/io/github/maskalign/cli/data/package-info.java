/** The commands {@code data check} and {@code data speed}. */
package io.github.maskalign.cli.data;
