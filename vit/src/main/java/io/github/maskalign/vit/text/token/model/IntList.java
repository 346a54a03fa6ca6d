package io.github.maskalign.vit.text.token.model;

import java.util.Arrays;

/** A growing list of ids. */
public final class IntList {

  private int[] values = new int[32];
  private int size;

  /** Creates an empty list. */
  public IntList() {}

  /** Appends an id. */
  public void add(int id) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = id;
  }

  /** Number of ids. */
  public int size() {
    return size;
  }

  /** The ids. */
  public int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
