package io.github.maskalign.teacher.cache;

import io.github.maskalign.Targets;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Targets of a batch, read from its records.
 *
 * @param records one per picture
 */
record CachedBatch(RecordFormat format, List<MemorySegment> records) implements Targets {

  @Override
  public float[] importance() {
    int patches = format.importance();
    float[] importance = new float[records.size() * patches];
    for (int b = 0; b < records.size(); b++) {
      MemorySegment.copy(
          records.get(b),
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          format.importanceAt(),
          importance,
          b * patches,
          patches);
    }
    return importance;
  }

  @Override
  public List<Tensor> at(Eager ops, int[] tokens) {
    List<Tensor> levels = new ArrayList<>(format.levels());
    for (int level = 0; level < format.levels(); level++) {
      levels.add(level(ops, level, tokens));
    }
    return levels;
  }

  private Tensor level(Eager ops, int level, int[] tokens) {
    int each = tokens.length / records.size();
    long bytes = format.tokenBytes();
    byte[] taken = new byte[Math.toIntExact(tokens.length * bytes)];
    MemorySegment out = MemorySegment.ofArray(taken);
    for (int i = 0; i < tokens.length; i++) {
      long token = Objects.checkIndex(tokens[i], format.tokens());
      long at = format.level(level) + token * bytes;
      MemorySegment.copy(records.get(i / each), at, out, i * bytes, bytes);
    }
    Shape shape = Shape.of(records.size(), each, format.width());
    Tensor stored = ops.of(format.type().dtype(), out, shape);
    if (stored.dtype() == DType.F32) {
      return stored;
    }
    Tensor target = ops.cast(stored, DType.F32);
    ops.discard(stored);
    return target;
  }
}
