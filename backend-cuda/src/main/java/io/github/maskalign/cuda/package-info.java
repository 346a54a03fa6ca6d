/** Tensor operations on an NVIDIA GPU. */
package io.github.maskalign.cuda;
