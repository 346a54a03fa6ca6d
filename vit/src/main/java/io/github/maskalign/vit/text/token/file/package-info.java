/** Files of tokenizers: what they hold, read within bounds. */
package io.github.maskalign.vit.text.token.file;
