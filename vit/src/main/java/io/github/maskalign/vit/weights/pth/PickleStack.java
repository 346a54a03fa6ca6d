package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The stack of a pickle's virtual machine, with marks, and its memo. */
final class PickleStack {

  /**
   * Limits the memory of a malicious pickle, in which one byte can create an object. A checkpoint
   * has about a dozen objects per tensor.
   */
  private static final int MAX_OBJECTS = 2_000_000;

  private final PickleInput input;
  private final List<PyValue> values = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, PyValue> memo = new HashMap<>();
  private int objects;

  /** Creates an empty stack that reports errors as those of the input. */
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

  /** Pops values, in the order they were pushed. */
  List<PyValue> pop(int count) {
    requireAboveMark(count);
    return removeFrom(values.size() - count);
  }

  void mark() {
    count();
    marks.add(values.size());
  }

  /** Pops the last mark and the values above it, in the order they were pushed. */
  List<PyValue> popToMark() {
    if (marks.isEmpty()) {
      throw input.fault("pops to a mark that does not exist");
    }
    return removeFrom(marks.removeLast());
  }

  void memorize(long slot) {
    count();
    memo.put(slot, top());
  }

  /** Stores the top in the next free slot. */
  void memorize() {
    memorize(memo.size());
  }

  void recall(long slot) {
    PyValue value = memo.get(slot);
    if (value == null) {
      throw input.fault("recalls memo slot " + slot + ", which is empty");
    }
    push(value);
  }

  boolean isEmpty() {
    return values.isEmpty() && marks.isEmpty();
  }

  private List<PyValue> removeFrom(int index) {
    List<PyValue> tail = values.subList(index, values.size());
    List<PyValue> removed = new ArrayList<>(tail);
    tail.clear();
    return removed;
  }

  private void requireAboveMark(int count) {
    int floor = marks.isEmpty() ? 0 : marks.getLast();
    if (values.size() - count < floor) {
      throw input.fault("pops from an empty stack");
    }
  }

  /**
   * Counts an object.
   *
   * @throws FormatException if there are too many
   */
  private void count() {
    if (++objects > MAX_OBJECTS) {
      throw input.fault("creates more than " + MAX_OBJECTS + " objects");
    }
  }
}
