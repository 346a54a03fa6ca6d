package io.github.maskalign.vit.weights.pth;

/**
 * A run of bytes that tensors look into.
 *
 * @param key by which the file names it
 * @param type of its elements
 * @param elements how many
 * @since 0.1.0
 */
public record PthStorage(String key, ElementType type, long elements) implements PyValue {

  /** Number of bytes; {@code elements} was checked against an overflow when this was read. */
  long bytes() {
    return elements * type.bytes();
  }
}
