/** Reads PyTorch's .pth files without executing them. */
package io.github.maskalign.vit.weights.pth;
