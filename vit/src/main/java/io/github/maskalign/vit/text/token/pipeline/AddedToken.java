package io.github.maskalign.vit.text.token.pipeline;

/**
 * A token that is cut out of a text before the model sees the rest.
 *
 * @param special whether decoding may skip it
 * @param normalized whether it is found in the normalized text
 * @param stripLeft whether white space before it belongs to it
 * @param stripRight whether white space after it belongs to it
 * @param singleWord whether it must not touch letters or digits
 */
public record AddedToken(
    String content,
    int id,
    boolean special,
    boolean normalized,
    boolean stripLeft,
    boolean stripRight,
    boolean singleWord) {}
