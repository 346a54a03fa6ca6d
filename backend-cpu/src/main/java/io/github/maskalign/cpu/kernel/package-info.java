/** Kernels by operation: how each splits its work among threads, and what a tier must supply. */
package io.github.maskalign.cpu.kernel;
