/** Reads JSON of other origin within limits of memory and time. */
package io.github.maskalign.vit.json;
