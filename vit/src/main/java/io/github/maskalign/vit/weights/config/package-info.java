/** Reads the configuration files of other libraries. */
package io.github.maskalign.vit.weights.config;
