/** Tensor operations on the processor: vector kernels, worker threads, memory pool. */
package io.github.maskalign.cpu;
