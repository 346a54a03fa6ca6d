/** The open device: memory pool, transfers, compiled kernels and their arguments. */
package io.github.maskalign.cuda.runtime;
