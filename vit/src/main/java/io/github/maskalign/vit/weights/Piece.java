package io.github.maskalign.vit.weights;

/** A part of a parameter: all or some rows of a tensor of a file, or zeros. */
public sealed interface Piece {

  /** The tensor of the file that it needs. */
  String name();

  /** A whole tensor. */
  record Whole(String name) implements Piece {}

  /** Of {@code of} equal parts of the first axis, those {@code from <= i < to}. */
  record Rows(String name, int from, int to, int of) implements Piece {}

  /** Zeros, one for each {@code of} rows of a tensor: a bias that the file leaves out. */
  record Zeros(String name, int of) implements Piece {}
}
