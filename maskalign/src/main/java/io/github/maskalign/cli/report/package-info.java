/** The report of a run: one page of HTML that needs nothing else. */
@NullMarked
package io.github.maskalign.cli.report;

import org.jspecify.annotations.NullMarked;
