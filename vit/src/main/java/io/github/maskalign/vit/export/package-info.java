/** Writing networks as ONNX files, which other programs run. */
package io.github.maskalign.vit.export;
