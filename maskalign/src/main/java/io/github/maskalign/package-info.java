/** MaskAlign: a student that sees few patches learns the features of a teacher that sees all. */
package io.github.maskalign;
