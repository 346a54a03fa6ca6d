/** What kernels share: threads, scratch arrays, operands and the traversal of strided layouts. */
package io.github.maskalign.cpu.runtime;
