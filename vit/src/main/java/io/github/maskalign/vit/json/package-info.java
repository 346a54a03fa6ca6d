/** Reads JSON strictly, within limits of memory and time, and writes it. */
package io.github.maskalign.vit.json;
