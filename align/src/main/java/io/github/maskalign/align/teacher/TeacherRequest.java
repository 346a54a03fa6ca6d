package io.github.maskalign.align.teacher;

/**
 * What a teacher has to give.
 *
 * @param topLevels how many block outputs, counted from the last
 * @param importance whether the importance of patches is wanted
 */
public record TeacherRequest(int topLevels, boolean importance) {}
