/** The command line: the root command, how commands are found, and how failures are told. */
package io.github.maskalign.cli;
