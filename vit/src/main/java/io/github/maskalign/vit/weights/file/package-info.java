/** Opens weight files of any format as named tensors. */
package io.github.maskalign.vit.weights.file;
