package io.github.maskalign.vit.text.token.model;

import java.util.Arrays;

/**
 * Non-negative keys -> values other than {@link #NONE}, without boxing: merges, edges of a trie.
 */
final class LongMap {

  /** Stands for an absent value. */
  static final long NONE = -1;

  private static final double LOAD = 0.6;

  private long[] keys;
  private long[] values;
  private int size;

  LongMap(int expected) {
    int capacity = Integer.highestOneBit(Math.max(8, (int) (expected / LOAD))) << 1;
    keys = empty(capacity);
    values = new long[capacity];
  }

  private static long[] empty(int capacity) {
    long[] keys = new long[capacity];
    Arrays.fill(keys, NONE);
    return keys;
  }

  long get(long key) {
    int at = slot(keys, key);
    return keys[at] == key ? values[at] : NONE;
  }

  /** Adds a value unless the key has one; returns the value that the key has now. */
  long putIfAbsent(long key, long value) {
    int at = slot(keys, key);
    if (keys[at] == key) {
      return values[at];
    }
    if (size + 1 > keys.length * LOAD) {
      grow();
      at = slot(keys, key);
    }
    keys[at] = key;
    values[at] = value;
    size++;
    return value;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    keys = empty(2 * oldKeys.length);
    values = new long[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NONE) {
        int at = slot(keys, oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }

  private static int slot(long[] keys, long key) {
    int mask = keys.length - 1;
    long hash = key * 0x9E3779B97F4A7C15L;
    int at = (int) (hash ^ hash >>> 32) & mask;
    while (keys[at] != NONE && keys[at] != key) {
      at = at + 1 & mask;
    }
    return at;
  }
}
