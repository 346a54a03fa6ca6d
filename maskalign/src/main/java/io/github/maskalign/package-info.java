/** The MaskAlign method: masking, dynamic alignment, loss and the contract of a teacher. */
package io.github.maskalign;
