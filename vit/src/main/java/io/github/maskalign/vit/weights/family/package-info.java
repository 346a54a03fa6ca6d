/**
 * The families of published networks: their names in files, their configurations, and the defaults
 * of what these leave out. One class per family.
 */
package io.github.maskalign.vit.weights.family;
