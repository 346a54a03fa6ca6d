package io.github.maskalign.teacher.cache;

import io.github.maskalign.NormalizedTargets;
import io.github.maskalign.TargetNormalizer;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.TeacherTargets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Runs the teacher on batches and encodes its output as records. */
final class RecordWriter {

  private final Scope scope;
  private final TeacherTargets source;
  private final RecordFormat format;
  private final MemorySegment records;
  private final MemorySegment level;

  /**
   * For batches up to a size.
   *
   * @param scope computes
   * @param arena owns memory for a batch
   */
  RecordWriter(Scope scope, TeacherTargets source, RecordFormat format, int max, Arena arena) {
    this.scope = scope;
    this.source = source;
    this.format = format;
    this.records = arena.allocate(max * format.bytes(), Long.BYTES);
    this.level = arena.allocate(max * format.levelBytes(), Long.BYTES);
  }

  /**
   * Encodes the records of a batch, with checksums, in memory that the next call reuses.
   *
   * @param first number of the first record
   */
  MemorySegment encode(Batch batch, long first) {
    MemorySegment encoded = records.asSlice(0, batch.size() * format.bytes());
    AlignmentPlan plan = source.plan();
    try (Scope inner = scope.child("teacher cache")) {
      Eager ops = inner.eager();
      TeacherRequest allTokens = NormalizedTargets.request(plan).withLastAtTokens(false);
      TeacherOutput output = source.teacher().forward(ops, batch.images(ops), allTokens);
      Tensor importance = output.importance();
      if (importance != null) {
        MemorySegment values = MemorySegment.ofArray(importance.toFloats());
        spread(values, (long) format.importance() * Float.BYTES, encoded, format.importanceAt());
      }
      for (int i = 0; i < format.levels(); i++) {
        int index = plan.levels().get(i).index();
        Tensor whole = TargetNormalizer.whole(ops, plan.config().targetNorm(), output.level(index));
        requireFits(whole.toFloats(), index, batch);
        inner.backend().download(ops.cast(whole, format.type().dtype()), level(batch.size()));
        spread(level(batch.size()), format.levelBytes(), encoded, format.level(i));
      }
    }
    for (int b = 0; b < batch.size(); b++) {
      format.seal(first + b, encoded.asSlice(b * format.bytes(), format.bytes()));
    }
    return encoded;
  }

  private MemorySegment level(int batch) {
    return level.asSlice(0, batch * format.levelBytes());
  }

  /** Copies one slice of a packed array into each record. */
  private void spread(MemorySegment packed, long each, MemorySegment encoded, long at) {
    for (long b = 0; b * each < packed.byteSize(); b++) {
      MemorySegment.copy(packed, b * each, encoded, b * format.bytes() + at, each);
    }
  }

  private void requireFits(float[] values, int level, Batch batch) {
    for (int i = 0; i < values.length; i++) {
      if (!format.type().holds(values[i])) {
        int sample = batch.samples()[i / (values.length / batch.size())];
        throw new ArgumentException(
            "teacher cache: level %d of sample %d has the value %s, which type %s cannot represent%s"
                .formatted(
                    level,
                    sample,
                    values[i],
                    format.type(),
                    Float.isFinite(values[i]) ? "; use bf16" : ""));
      }
    }
  }
}
