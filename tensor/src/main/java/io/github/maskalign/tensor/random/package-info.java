/** Counter-based random numbers: every draw is a pure function of seed, stream and index. */
package io.github.maskalign.tensor.random;
