/** Models that split a piece of text into tokens: byte pairs, unigrams, word pieces. */
package io.github.maskalign.vit.text.token.model;
