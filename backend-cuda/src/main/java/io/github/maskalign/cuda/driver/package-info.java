/**
 * The only package that uses JCuda: checked calls of NVIDIA's driver, cuBLAS, cuDNN and NVRTC, with
 * addresses as {@code long}. Load the libraries first: JCuda never retries a library that failed to
 * load.
 */
package io.github.maskalign.cuda.driver;
