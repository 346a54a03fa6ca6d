/** The command {@code runs}. */
package io.github.maskalign.cli.catalog;
