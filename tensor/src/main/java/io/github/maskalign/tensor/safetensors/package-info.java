/** Reading and writing safetensors files, with every rule of the format held. */
package io.github.maskalign.tensor.safetensors;
