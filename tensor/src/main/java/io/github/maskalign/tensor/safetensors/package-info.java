/** Reads and writes safetensors files, enforcing every rule of the format. */
package io.github.maskalign.tensor.safetensors;
