/** Operands of products rounded to BF16 and packed, on the Vector API. */
package io.github.maskalign.cpu.vector.bf16;
