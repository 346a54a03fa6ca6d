/** Texts as CLIP reads them: tokens by byte pairs, and the transformer that embeds them. */
package io.github.maskalign.vit.text;
