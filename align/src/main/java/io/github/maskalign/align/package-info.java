/** MaskAlign: a student that sees few patches learns the features of teachers that see all. */
package io.github.maskalign.align;
