/** The required values, the measured ones next to them, and the machine, as Markdown. */
@NullMarked
package peers.table;

import org.jspecify.annotations.NullMarked;
