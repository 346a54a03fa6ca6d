package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Backends;
import java.time.Duration;

/**
 * How an {@link Embedder} works. Start from {@link #defaults} and change what differs.
 *
 * @param output what an embedding is made of
 * @param level the block whose tokens are used, counted from 0; the last if -1
 * @param unitLength whether embeddings are scaled to length 1, so that their dot product is the
 *     cosine similarity
 * @param maxBatch how many pictures of concurrent callers are computed together at most
 * @param maxDelay how long the first of them waits for others; with zero, those that came while the
 *     network was busy are taken together, and nobody ever waits for company
 * @param backend {@code auto}, {@code cpu}, {@code cuda} or {@code reference}
 * @param threads that compute
 * @since 0.1.0
 */
public record EmbedderOptions(
    Output output,
    int level,
    boolean unitLength,
    int maxBatch,
    Duration maxDelay,
    String backend,
    int threads) {

  /**
   * What an embedding is made of; all after the network's final norm. D is its width.
   *
   * @since 0.1.0
   */
  public enum Output {
    /**
     * The network's own way, {@code [D]}: its attention pool, else its class token, else the mean
     * of its patches.
     */
    POOLED,
    /** CLIP's {@code [P]}: the class token in the space that images share with texts. */
    PROJECTED,
    /** The class token, {@code [D]}. */
    CLASS_TOKEN,
    /** The mean of the patch tokens, {@code [D]}. */
    MEAN_PATCHES,
    /** The class token and the mean of the patch tokens, one behind the other, {@code [2 D]}. */
    CLASS_AND_MEAN,
    /** All patch tokens, row by row over the picture, {@code [N D]}. */
    PATCH_TOKENS
  }

  /** Checks the numbers. */
  public EmbedderOptions {
    if (level < -1 || maxBatch < 1 || maxDelay.isNegative() || threads < 1) {
      throw new IllegalArgumentException(
          "embedder: level %d, %d at once, wait %s, %d threads: the level must be -1 or more, the"
                  .formatted(level, maxBatch, maxDelay, threads)
              + " wait not negative, the others 1 or more");
    }
  }

  /** The network's own output at unit length, up to 8 at once, all cores. */
  public static EmbedderOptions defaults() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new EmbedderOptions(Output.POOLED, -1, true, 8, Duration.ZERO, Backends.AUTO, cores);
  }

  /** With another output. */
  public EmbedderOptions withOutput(Output newOutput) {
    return new EmbedderOptions(newOutput, level, unitLength, maxBatch, maxDelay, backend, threads);
  }

  /** With the tokens of another block. */
  public EmbedderOptions withLevel(int newLevel) {
    return new EmbedderOptions(output, newLevel, unitLength, maxBatch, maxDelay, backend, threads);
  }

  /** Scaled to length 1 or as they are. */
  public EmbedderOptions withUnitLength(boolean unit) {
    return new EmbedderOptions(output, level, unit, maxBatch, maxDelay, backend, threads);
  }

  /** With other bounds of what is computed together. */
  public EmbedderOptions withBatching(int max, Duration newWait) {
    return new EmbedderOptions(output, level, unitLength, max, newWait, backend, threads);
  }

  /** On another backend. */
  public EmbedderOptions withBackend(String newBackend) {
    return new EmbedderOptions(output, level, unitLength, maxBatch, maxDelay, newBackend, threads);
  }

  /** With another number of threads. */
  public EmbedderOptions withThreads(int newThreads) {
    return new EmbedderOptions(output, level, unitLength, maxBatch, maxDelay, backend, newThreads);
  }
}
