/** Frozen networks to learn from, and how a student's images become their input. */
package io.github.maskalign.teacher;
