package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The memory of the machine that a pickle is a program for: a stack with marks, and a memo. */
final class PickleStack {

  /**
   * Bounds the memory of a hostile pickle, in which one byte can make an object. A checkpoint takes
   * about a dozen objects a tensor.
   */
  private static final int MAX_OBJECTS = 2_000_000;

  private final PickleInput input;
  private final List<PyValue> values = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, PyValue> memo = new HashMap<>();
  private int objects;

  /** An empty stack; faults are told as those of the input. */
  PickleStack(PickleInput input) {
    this.input = input;
  }

  void push(PyValue value) {
    count();
    values.add(value);
  }

  PyValue top() {
    requireAboveMark(1);
    return values.getLast();
  }

  PyValue pop() {
    requireAboveMark(1);
    return values.removeLast();
  }

  /** The topmost values, lowest first. */
  List<PyValue> pop(int count) {
    requireAboveMark(count);
    return cutFrom(values.size() - count);
  }

  void mark() {
    count();
    marks.add(values.size());
  }

  /** The values above the last mark, lowest first; the mark goes too. */
  List<PyValue> popToMark() {
    if (marks.isEmpty()) {
      throw input.fault("goes back to a mark that it has not set");
    }
    return cutFrom(marks.removeLast());
  }

  void memorize(long slot) {
    count();
    memo.put(slot, top());
  }

  /** In the next free slot. */
  void memorize() {
    memorize(memo.size());
  }

  void recall(long slot) {
    PyValue value = memo.get(slot);
    if (value == null) {
      throw input.fault("recalls slot " + slot + ", in which it has put nothing");
    }
    push(value);
  }

  boolean isEmpty() {
    return values.isEmpty() && marks.isEmpty();
  }

  private List<PyValue> cutFrom(int index) {
    List<PyValue> tail = values.subList(index, values.size());
    List<PyValue> cut = new ArrayList<>(tail);
    tail.clear();
    return cut;
  }

  private void requireAboveMark(int count) {
    int floor = marks.isEmpty() ? 0 : marks.getLast();
    if (values.size() - count < floor) {
      throw input.fault("takes a value from an empty stack");
    }
  }

  /**
   * Counts an object.
   *
   * @throws FormatException if there are too many
   */
  private void count() {
    if (++objects > MAX_OBJECTS) {
      throw input.fault("makes more than " + MAX_OBJECTS + " objects");
    }
  }
}
