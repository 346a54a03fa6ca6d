/** The JVMs that measure, and what they run. */
@NullMarked
package peers.fork;

import org.jspecify.annotations.NullMarked;
