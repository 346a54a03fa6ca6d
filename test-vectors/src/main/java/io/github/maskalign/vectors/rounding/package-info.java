/** How far the rounding of factors moves the results of a case. */
package io.github.maskalign.vectors.rounding;
