/** The command {@code bench}: its options, table, JSON report and warnings. */
package io.github.maskalign.cli.bench;
