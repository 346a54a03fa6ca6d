/** The binding by {@code java.lang.foreign}, for CUDA 12 and 13, on x86-64 and aarch64. */
package io.github.maskalign.cuda.binding.foreign;
