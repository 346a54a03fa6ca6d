/** PyTorch as users install it, in processes of its own that answer over standard input. */
@NullMarked
package peers.python;

import org.jspecify.annotations.NullMarked;
