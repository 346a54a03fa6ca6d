/** The suites that hold every backend to the contract; each backend subclasses them. */
@NullMarked
package io.github.maskalign.tensor.testing;

import org.jspecify.annotations.NullMarked;
