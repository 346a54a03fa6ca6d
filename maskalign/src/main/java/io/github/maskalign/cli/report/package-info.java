/** The command {@code report}: a self-contained HTML page about a run, and SVG charts. */
@NullMarked
package io.github.maskalign.cli.report;

import org.jspecify.annotations.NullMarked;
