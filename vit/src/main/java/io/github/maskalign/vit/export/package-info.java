/** Exports networks to ONNX and timm. */
package io.github.maskalign.vit.export;
