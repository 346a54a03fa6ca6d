/** Exports networks to transformers, timm and ONNX. */
package io.github.maskalign.vit.export;
