/** The steps of Hugging Face's tokenizers around a model: normalizers, splits, decoders. */
package io.github.maskalign.vit.text.token.pipeline;
