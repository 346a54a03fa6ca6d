package io.github.maskalign;

/**
 * What a teacher has to give.
 *
 * @param topLevels how many block outputs, counted from the last
 * @param importance whether the importance of patches is wanted
 * @since 0.1.0
 */
public record TeacherRequest(int topLevels, boolean importance) {}
