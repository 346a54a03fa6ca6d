/** Network files: loading weights into parameters and saving them. */
package io.github.maskalign.vit.weights;
