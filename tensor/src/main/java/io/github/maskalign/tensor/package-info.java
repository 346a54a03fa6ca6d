/** What a number array is, and the contract that backends keep. */
package io.github.maskalign.tensor;
