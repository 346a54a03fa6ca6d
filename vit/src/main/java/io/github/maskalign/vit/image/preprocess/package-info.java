/** From images to the input of a network: channels, sizes, crops and normalization. */
package io.github.maskalign.vit.image.preprocess;
