/** The blocked matrix product, independent of how a tier computes its tiles. */
package io.github.maskalign.cpu.gemm;
