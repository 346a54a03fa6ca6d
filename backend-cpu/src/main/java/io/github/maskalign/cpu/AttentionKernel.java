package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.L;

import java.lang.foreign.MemorySegment;

/**
 * Multi-head attention (Vaswani et al., 2017): softmax(scale Q K^T) V for each head.
 *
 * <p>Queries, keys and values come packed, qkv [batch, tokens, 3 heads d], as thirds that are each
 * split by head. One task is one head of one batch element: its keys and values are packed once and
 * stay in the cache while blocks of queries pass. The probabilities never reach memory; the
 * backward pass computes them again.
 */
final class AttentionKernel {
  /** Floats of the block of probabilities that a task works on. */
  private static final int BLOCK = 16 * 1024;

  private final Workers workers;
  private final Scratch scratch;

  AttentionKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Sizes and places within one head's scratch array. */
  private record Head(int tokens, int size, int heads) {
    /** Floats of a padded row of keys or values. */
    int width() {
      return AttentionTile.vectors(size) * L;
    }

    /** Floats of a padded row of probabilities. */
    int span() {
      return AttentionTile.vectors(tokens) * L;
    }

    /** Queries handled at a time. */
    int block() {
      int rows = Math.max(16, BLOCK / span());
      return AttentionTile.padRows(Math.min(rows, tokens));
    }

    /** Bytes between tokens of qkv. */
    long stride() {
      return 12L * heads * size;
    }

    /** Byte address of the queries of a head; keys and values follow a third of a row apart. */
    long queries(long offset, int task) {
      long batch = task / heads;
      return 4 * (offset + (long) (task % heads) * size) + batch * tokens * stride();
    }

    long third() {
      return 4L * heads * size;
    }

    /** Byte address of a head within [batch, tokens, heads size]. */
    long output(long offset, int task) {
      long batch = task / heads;
      return 4 * (offset + (long) (task % heads) * size) + batch * tokens * third();
    }
  }

  /** out [batch, tokens, heads size] from qkv [batch, tokens, 3 heads size]. */
  void forward(
      MemorySegment qkv,
      long qkvOffset,
      float scale,
      MemorySegment out,
      long outOffset,
      int batch,
      int tokens,
      int heads,
      int size) {
    Head head = new Head(tokens, size, heads);
    int block = head.block();
    int valuesAt = size * head.span();
    int queriesAt = valuesAt + tokens * head.width();
    int scoresAt = queriesAt + block * head.width();
    int resultAt = scoresAt + block * head.span();
    int inverseAt = resultAt + block * head.width();
    int length = inverseAt + Math.max(PaddedSoftmax.scratch(block), TileTranspose.SCRATCH);
    workers.run(
        Math.multiplyExact(batch, heads),
        task -> {
          float[] s = scratch.takeFloats(length);
          long q = head.queries(qkvOffset, task);
          long stride = head.stride();
          AttentionPack.transposedPanels(
              qkv, q + head.third(), stride, tokens, size, s, 0, inverseAt);
          AttentionPack.panels(qkv, q + 2 * head.third(), stride, tokens, size, 1f, s, valuesAt);
          for (int from = 0; from < tokens; from += block) {
            int rows = Math.min(block, tokens - from);
            int padded = AttentionTile.padRows(rows);
            long at = q + from * stride;
            AttentionPack.rows(qkv, at, stride, rows, size, scale, s, queriesAt);
            scores(head, s, queriesAt, 0, padded, s, scoresAt);
            PaddedSoftmax.run(s, scoresAt, head.span(), padded, tokens, inverseAt);
            AttentionTile.product(
                s,
                scoresAt,
                head.span(),
                1,
                s,
                valuesAt,
                padded,
                tokens,
                AttentionTile.vectors(size),
                s,
                resultAt,
                head.width(),
                false);
            long y = head.output(outOffset, task) + from * head.third();
            AttentionPack.unpack(
                s, resultAt, head.width(), rows, size, s, inverseAt, out, y, head.third());
          }
          scratch.give(s);
        });
  }

  /** Softmax(scale Q K^T) [batch, heads, queries, tokens] for the queries from fromQuery on. */
  void probabilities(
      MemorySegment qkv,
      long qkvOffset,
      float scale,
      int fromQuery,
      int queries,
      MemorySegment out,
      long outOffset,
      int batch,
      int tokens,
      int heads,
      int size) {
    Head head = new Head(tokens, size, heads);
    int block = head.block();
    int queriesAt = size * head.span();
    int scoresAt = queriesAt + block * head.width();
    int inverseAt = scoresAt + block * head.span();
    int length = inverseAt + Math.max(PaddedSoftmax.scratch(block), TileTranspose.SCRATCH);
    workers.run(
        Math.multiplyExact(batch, heads),
        task -> {
          float[] s = scratch.takeFloats(length);
          long q = head.queries(qkvOffset, task);
          long stride = head.stride();
          AttentionPack.transposedPanels(
              qkv, q + head.third(), stride, tokens, size, s, 0, inverseAt);
          for (int from = 0; from < queries; from += block) {
            int rows = Math.min(block, queries - from);
            int padded = AttentionTile.padRows(rows);
            long at = q + (fromQuery + from) * stride;
            AttentionPack.rows(qkv, at, stride, rows, size, scale, s, queriesAt);
            scores(head, s, queriesAt, 0, padded, s, scoresAt);
            PaddedSoftmax.run(s, scoresAt, head.span(), padded, tokens, inverseAt);
            long y = 4 * (outOffset + ((long) task * queries + from) * tokens);
            AttentionPack.unpack(
                s, scoresAt, head.span(), rows, tokens, s, inverseAt, out, y, 4L * tokens);
          }
          scratch.give(s);
        });
  }

  /**
   * dqkv [batch, tokens, 3 heads size] from qkv and g [batch, tokens, heads size]. With P the
   * probabilities and O the output: dV = P^T g, dP = g V^T, dS = P (dP - sum over keys of P dP), dQ
   * = scale dS K, dK = scale dS^T Q.
   */
  void backward(
      MemorySegment qkv,
      long qkvOffset,
      float scale,
      MemorySegment g,
      long gOffset,
      MemorySegment dqkv,
      long dqkvOffset,
      int batch,
      int tokens,
      int heads,
      int size) {
    Head head = new Head(tokens, size, heads);
    int length = AttentionBackward.scratch(tokens, size, head.block());
    workers.run(
        Math.multiplyExact(batch, heads),
        task -> {
          float[] s = scratch.takeFloats(length);
          long q = head.queries(qkvOffset, task);
          long dq = head.queries(dqkvOffset, task);
          AttentionBackward.run(
              s,
              qkv,
              q,
              scale,
              g,
              head.output(gOffset, task),
              dqkv,
              dq,
              head.third(),
              tokens,
              size,
              head.block());
          scratch.give(s);
        });
  }

  private static void scores(
      Head head, float[] q, int queriesAt, int keysAt, int rows, float[] s, int scoresAt) {
    AttentionTile.product(
        q,
        queriesAt,
        head.width(),
        1,
        q,
        keysAt,
        rows,
        head.size(),
        AttentionTile.vectors(head.tokens()),
        s,
        scoresAt,
        head.span(),
        false);
  }
}
