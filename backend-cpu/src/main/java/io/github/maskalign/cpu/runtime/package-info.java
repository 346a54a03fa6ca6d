/** What kernels share: threads, scratch arrays, operands and the walk over strided layouts. */
package io.github.maskalign.cpu.runtime;
