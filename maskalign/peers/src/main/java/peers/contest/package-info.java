/** How two sides are measured fairly: clocks, warm-up, alternating rounds, other load. */
@NullMarked
package peers.contest;

import org.jspecify.annotations.NullMarked;
