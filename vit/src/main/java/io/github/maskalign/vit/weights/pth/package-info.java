/** Reading of PyTorch's .pth files, without ever running what they say. */
package io.github.maskalign.vit.weights.pth;
