/** The exceptions that this library throws on purpose, one family. */
package io.github.maskalign.tensor.error;
