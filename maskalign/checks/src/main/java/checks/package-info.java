/**
 * Checks of the repository as a whole. The root project runs the programs here from source, since
 * it is built before every module.
 */
@NullMarked
package checks;

import org.jspecify.annotations.NullMarked;
