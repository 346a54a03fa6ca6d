/** Kernels on the Vector API, and the vector width they use. */
package io.github.maskalign.cpu.vector;
