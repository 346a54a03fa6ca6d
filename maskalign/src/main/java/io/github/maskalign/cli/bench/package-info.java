/** The command {@code bench}: how fast kernels and whole steps run here, and what they take. */
package io.github.maskalign.cli.bench;
