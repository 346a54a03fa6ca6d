/** Variants of pre-training on one data set with one budget and several seeds, side by side. */
package io.github.maskalign.cli.compare;
