/** Weight files of all supported formats as named tensors. */
package io.github.maskalign.vit.weights.file;
