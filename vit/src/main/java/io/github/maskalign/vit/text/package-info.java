/** CLIP's texts: byte-pair tokenizer and text tower. */
package io.github.maskalign.vit.text;
