/**
 * NVIDIA's driver, cuBLAS, cuDNN and NVRTC in the shape the backend wants: checked calls, addresses
 * as {@code long}, one way to launch. Nothing else knows JCuda. Nothing here may be touched before
 * the libraries are loaded: what JCuda fails to load once is lost for this Java process.
 */
package io.github.maskalign.cuda.driver;
