package io.github.maskalign.vit.text;

/**
 * A text as tokens.
 *
 * @param ids start, the text, end
 * @param dropped how many tokens of the text did not fit and were left out before the end
 * @since 0.1.0
 */
public record Tokens(int[] ids, int dropped) {}
