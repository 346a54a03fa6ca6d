/** The work that is compared, on our side and with the libraries that run in this process. */
@NullMarked
package peers.work;

import org.jspecify.annotations.NullMarked;
