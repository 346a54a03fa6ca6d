package io.github.maskalign.vit.search;

/**
 * A vector that was found.
 *
 * @param row of the index, counted from 0
 * @param name of the vector, usually that of a picture
 * @param score the cosine between it and what was searched for, from -1 to 1
 * @since 0.1.0
 */
public record Match(int row, String name, float score) {}
