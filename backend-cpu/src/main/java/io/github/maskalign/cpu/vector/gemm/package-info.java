/** Packing and tiles of the matrix product on the Vector API. */
package io.github.maskalign.cpu.vector.gemm;
