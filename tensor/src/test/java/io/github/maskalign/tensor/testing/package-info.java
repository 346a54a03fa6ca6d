/** The contract suites of backends; the tests of each backend subclass them. */
@NullMarked
package io.github.maskalign.tensor.testing;

import org.jspecify.annotations.NullMarked;
