/** The CUDA backend: its provider, the probe of the machine, and the operations of the contract. */
package io.github.maskalign.cuda;
