package io.github.maskalign.spring;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vit.embed.EmbedderOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties that begin with {@code maskalign}.
 *
 * @param embedder images to embeddings
 * @param classifier images to classes
 * @param clip images and texts to embeddings in one space
 * @since 0.1.0
 */
@ConfigurationProperties(MaskAlignProperties.PREFIX)
public record MaskAlignProperties(
    @DefaultValue Embedder embedder,
    @NestedConfigurationProperty @DefaultValue ModelSettings classifier,
    @NestedConfigurationProperty @DefaultValue ModelSettings clip) {

  static final String PREFIX = "maskalign";

  /**
   * A model that embeds images.
   *
   * @param output the tokens that an embedding is made of
   * @param unitLength whether embeddings are scaled to unit length
   * @param merge similar tokens to merge in each block
   * @param model as of {@link ModelSettings}, like the following
   * @param lazy whether it is loaded when it is first used, not when the application starts
   * @param backend auto, cuda, cpu, plain or reference
   * @param threads number of threads; 0 for all cores
   * @param precision of matrix products and attention
   * @param maxBatch maximum number of images of concurrent callers in a batch
   * @param maxDelay how long the first of a batch waits for others
   */
  public record Embedder(
      @DefaultValue("pooled") EmbedderOptions.Output output,
      @DefaultValue("true") boolean unitLength,
      @DefaultValue("0") int merge,
      @Nullable String model,
      @DefaultValue("false") boolean lazy,
      @DefaultValue("auto") String backend,
      @DefaultValue("0") int threads,
      @DefaultValue("f32") Precision precision,
      @DefaultValue("8") int maxBatch,
      @DefaultValue("0ms") Duration maxDelay) {

    ModelSettings common() {
      return new ModelSettings(model, lazy, backend, threads, precision, maxBatch, maxDelay);
    }
  }
}
