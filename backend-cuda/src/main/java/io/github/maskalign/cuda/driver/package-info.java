/**
 * Checked calls of NVIDIA's driver, cuBLAS, cuDNN and NVRTC through a {@link
 * io.github.maskalign.cuda.binding.Binding}, with addresses as {@code long}.
 */
package io.github.maskalign.cuda.driver;
