/** The command line: the root command, discovery of commands, and error messages. */
package io.github.maskalign.cli;
