/** The command. */
@NullMarked
package peers;

import org.jspecify.annotations.NullMarked;
