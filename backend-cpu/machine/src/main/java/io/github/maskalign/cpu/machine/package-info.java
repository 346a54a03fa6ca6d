/**
 * Kernels for products of BF16 in machine code: emits them, makes them executable and calls them.
 */
package io.github.maskalign.cpu.machine;
