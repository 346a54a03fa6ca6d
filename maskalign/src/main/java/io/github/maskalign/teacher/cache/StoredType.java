package io.github.maskalign.teacher.cache;

import io.github.maskalign.config.Choice;
import io.github.maskalign.tensor.DType;
import java.util.List;

/**
 * Data type of cached features.
 *
 * @since 0.1.0
 */
public enum StoredType implements Choice {
  /** 11 significant bits, values up to 65504. */
  F16(DType.F16, 65504f, "half precision: 11 significant bits, up to 65504", "f16"),
  /** 8 significant bits, the range of a float. */
  BF16(DType.BF16, 0x1.fep127f, "bfloat16: 8 significant bits, any size", "bf16"),
  /** Exact: a run with the cache has the same bits as one without, and files are twice as large. */
  F32(DType.F32, Float.MAX_VALUE, "as computed", "f32");

  private final DType dtype;
  private final float largest;
  private final String description;
  private final List<String> words;

  StoredType(DType dtype, float largest, String description, String... words) {
    this.dtype = dtype;
    this.largest = largest;
    this.description = description;
    this.words = List.of(words);
  }

  /** The value that a word names. */
  public static StoredType parse(String word) {
    return Choice.parse("teacher cache type", StoredType.class, word);
  }

  DType dtype() {
    return dtype;
  }

  boolean holds(float value) {
    return Math.abs(value) <= largest;
  }

  @Override
  public List<String> words() {
    return words;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public String toString() {
    return word();
  }
}
