/**
 * The binding by JCuda, whose native libraries exist for CUDA 12 on x86-64; nothing else uses it.
 */
package io.github.maskalign.cuda.binding.jcuda;
