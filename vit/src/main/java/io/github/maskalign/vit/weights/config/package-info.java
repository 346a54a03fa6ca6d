/** Reads network configurations of other libraries, or infers them from tensor shapes. */
package io.github.maskalign.vit.weights.config;
