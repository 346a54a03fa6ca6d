/** The commands that look into weight files and write networks for other programs. */
package io.github.maskalign.cli.weights;
