/** Frozen teacher networks, and the conversion of a student's images to their input. */
package io.github.maskalign.teacher;
