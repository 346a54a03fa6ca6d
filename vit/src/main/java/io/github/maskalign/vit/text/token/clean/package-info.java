/** Repairs and cleans texts before they are tokenized, as OpenCLIP does. */
package io.github.maskalign.vit.text.token.clean;
