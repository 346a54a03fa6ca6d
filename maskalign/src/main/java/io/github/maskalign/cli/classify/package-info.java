/** The commands {@code predict} and {@code classify}: the classes of images. */
package io.github.maskalign.cli.classify;
