package io.github.maskalign.vit.weights.pth;

/**
 * A run of bytes that tensors view.
 *
 * @param key name in the file
 * @param type of its elements
 * @param elements number of elements
 * @since 0.1.0
 */
public record PthStorage(String key, ElementType type, long elements) implements PyValue {

  /** Number of bytes, checked for overflow when the storage was read. */
  long bytes() {
    return elements * type.bytes();
  }
}
