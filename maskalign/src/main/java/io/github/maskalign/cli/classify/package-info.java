/** The command that labels pictures by texts. */
package io.github.maskalign.cli.classify;
