package io.github.maskalign.spring;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Meters of Micrometer, if the application has one registry, or a primary one:
 *
 * <ul>
 *   <li>{@code maskalign.batch.compute}: how long the network took for a batch
 *   <li>{@code maskalign.batch.wait}: how long the first request of a batch waited
 *   <li>{@code maskalign.batch.size}: images or texts of a batch
 *   <li>{@code maskalign.batch.failures}: batches that failed
 *   <li>{@code maskalign.batch.queued}: requests that were waiting when the last batch ended
 * </ul>
 *
 * <p>Each has the tag {@code model}: embedder, classifier or clip.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
    before = MaskAlignAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration"
    })
@ConditionalOnClass(MeterRegistry.class)
public class MetersAutoConfiguration {

  /** For Spring. */
  public MetersAutoConfiguration() {}

  @Bean
  @ConditionalOnSingleCandidate(MeterRegistry.class)
  BatchMeters maskalignBatchMeters(MeterRegistry registry) {
    return new BatchMeters(registry);
  }
}
