/** The programs for one's own pictures: pre-train, fine-tune, probe, k-NN and evaluation. */
package io.github.maskalign.cli.train;
