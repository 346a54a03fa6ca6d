/** Tests of readers with mutated files: the files, and the contract that the tests subclass. */
@NullMarked
package io.github.maskalign.tensor.testing.fuzz;

import org.jspecify.annotations.NullMarked;
