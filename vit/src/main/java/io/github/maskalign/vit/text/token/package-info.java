/**
 * text -> token ids, as transformers and OpenCLIP make them from the files of a published network.
 */
package io.github.maskalign.vit.text.token;
