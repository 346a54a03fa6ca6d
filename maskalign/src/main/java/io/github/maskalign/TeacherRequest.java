package io.github.maskalign;

/**
 * The outputs requested from a teacher.
 *
 * @param topLevels number of block outputs, counted from the last
 * @param importance whether to compute the importance of patches
 * @since 0.1.0
 */
public record TeacherRequest(int topLevels, boolean importance) {}
