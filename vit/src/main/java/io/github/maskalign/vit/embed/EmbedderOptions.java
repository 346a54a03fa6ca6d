package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.time.Duration;

/**
 * Options of {@link Embedder}. Start from {@link #defaults} and change what differs.
 *
 * @param output the tokens that make an embedding
 * @param level the block whose tokens are used, counted from 0; the last if -1
 * @param unitLength whether embeddings are scaled to unit length, so that their dot product is the
 *     cosine similarity
 * @param batching how the images of concurrent callers are batched
 * @param execution backend, threads and precision
 * @param processing what the files of the preprocessing leave open
 * @param merge similar tokens to merge in each block, at most half of the patches: faster, at some
 *     cost in accuracy ({@link io.github.maskalign.vit.TokenMerging}); 0 for none
 * @since 0.1.0
 */
public record EmbedderOptions(
    Output output,
    int level,
    boolean unitLength,
    Batching batching,
    Execution execution,
    ProcessorOptions processing,
    int merge) {

  /**
   * The output that becomes an embedding, after the network's final norm. D is the width.
   *
   * @since 0.1.0
   */
  public enum Output {
    /**
     * The network's own pooling, {@code [P]}, such as the class token or SigLIP's attention pool.
     * ViT's pooler is a part of it, {@code tanh(dense(x))} of the class token: where the file has
     * one, {@link #CLASS_TOKEN} is the class token itself. A network that does not pool (an empty
     * {@code global_pool} in timm) has its class token, else the mean of its patch tokens.
     */
    POOLED,
    /**
     * CLIP's image embedding {@code [P]}: the class token projected into the space shared with
     * texts.
     */
    PROJECTED,
    /** The class token, {@code [D]}. */
    CLASS_TOKEN,
    /** The mean of the patch tokens, {@code [D]}. */
    MEAN_PATCHES,
    /** The class token, then the mean of the patch tokens, {@code [2 D]}. */
    CLASS_AND_MEAN,
    /**
     * All patch tokens, row-major over the image, {@code [N D]}. Of a network that keeps the shapes
     * of images (SigLIP 2's NaFlex), N is the largest number of patches, and zeros follow those of
     * the image.
     */
    PATCH_TOKENS
  }

  /** Checks the values. */
  public EmbedderOptions {
    if (level < -1 || merge < 0) {
      throw new ArgumentException(
          "embedder: level %d, merge %d: the level must be -1 or more, merge not negative"
              .formatted(level, merge));
    }
  }

  /** The default pooling at unit length, batches of up to 8, all cores. */
  public static EmbedderOptions defaults() {
    return new EmbedderOptions(
        Output.POOLED,
        -1,
        true,
        Batching.defaults(),
        Execution.defaults(),
        ProcessorOptions.defaults(),
        0);
  }

  /** With another output. */
  public EmbedderOptions withOutput(Output newOutput) {
    return new EmbedderOptions(
        newOutput, level, unitLength, batching, execution, processing, merge);
  }

  /** With the tokens of another block. */
  public EmbedderOptions withLevel(int newLevel) {
    return new EmbedderOptions(
        output, newLevel, unitLength, batching, execution, processing, merge);
  }

  /** Scaled to unit length or unscaled. */
  public EmbedderOptions withUnitLength(boolean unit) {
    return new EmbedderOptions(output, level, unit, batching, execution, processing, merge);
  }

  /** With other limits of batching. */
  public EmbedderOptions withBatching(int max, Duration newWait) {
    return withBatching(batching.withLimits(max, newWait));
  }

  /** With another listener of batches. */
  public EmbedderOptions withListener(BatchListener newListener) {
    return withBatching(batching.withListener(newListener));
  }

  private EmbedderOptions withBatching(Batching newBatching) {
    return new EmbedderOptions(
        output, level, unitLength, newBatching, execution, processing, merge);
  }

  /** With another backend and other options of it. */
  public EmbedderOptions withExecution(Execution newExecution) {
    return new EmbedderOptions(
        output, level, unitLength, batching, newExecution, processing, merge);
  }

  /** On another backend. */
  public EmbedderOptions withBackend(String newBackend) {
    return withExecution(execution.withBackend(newBackend));
  }

  /** With other options of the preprocessing. */
  public EmbedderOptions withProcessing(ProcessorOptions newOptions) {
    return new EmbedderOptions(output, level, unitLength, batching, execution, newOptions, merge);
  }

  /** With another number of threads. */
  public EmbedderOptions withThreads(int newThreads) {
    return withExecution(execution.withThreads(newThreads));
  }

  /** With another precision. */
  public EmbedderOptions withPrecision(Precision newPrecision) {
    return withExecution(execution.withPrecision(newPrecision));
  }

  /** With this many similar tokens merged in each block. */
  public EmbedderOptions withMerge(int newMerge) {
    return new EmbedderOptions(
        output, level, unitLength, batching, execution, processing, newMerge);
  }
}
