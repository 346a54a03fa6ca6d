/** An assembler for the few x86-64 instructions of the kernels. */
package io.github.maskalign.cpu.machine.x86;
