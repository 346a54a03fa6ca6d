/** Products of matrices whose operands are rounded to BF16, and the contract of their kernels. */
package io.github.maskalign.cpu.bf16;
