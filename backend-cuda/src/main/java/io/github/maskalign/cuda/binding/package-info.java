/**
 * The functions of NVIDIA's libraries that the backend calls, and what it passes to them. There are
 * two bindings with the same contract: JCuda, for CUDA 12 on x86-64, and {@code java.lang.foreign}.
 */
package io.github.maskalign.cuda.binding;
