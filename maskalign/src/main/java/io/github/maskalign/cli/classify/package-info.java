/** The command {@code classify}: zero-shot classification. */
package io.github.maskalign.cli.classify;
