/** Families of text towers: their names in files, their configurations and their defaults. */
package io.github.maskalign.vit.weights.family.text;
