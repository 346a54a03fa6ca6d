package io.github.maskalign.vectors.cases;

/**
 * A result of a case.
 *
 * @param values row-major
 * @param parts number of equal parts along the first axis that are results of their own, such as
 *     the levels of a network
 */
public record Result(double[] values, int parts) {}
