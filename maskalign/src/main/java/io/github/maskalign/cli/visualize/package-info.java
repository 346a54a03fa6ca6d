/** Pictures to look at: attention, masks, patch features, and the report of a run. */
@NullMarked
package io.github.maskalign.cli.visualize;

import org.jspecify.annotations.NullMarked;
