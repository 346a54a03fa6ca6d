package io.github.maskalign.spring;

import io.github.maskalign.vit.embed.BatchListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of the batches of a model, tagged with its kind. */
final class BatchMeters {

  private static final String PREFIX = "maskalign.batch.";

  private final MeterRegistry registry;

  BatchMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A listener for the batches of a kind of model. */
  BatchListener listener(String kind) {
    Tags tags = Tags.of("model", kind);
    Timer computed =
        Timer.builder(PREFIX + "compute")
            .description("How long the network took for a batch")
            .tags(tags)
            .register(registry);
    Timer waited =
        Timer.builder(PREFIX + "wait")
            .description("How long the first request of a batch waited")
            .tags(tags)
            .register(registry);
    DistributionSummary size =
        DistributionSummary.builder(PREFIX + "size")
            .description("Images or texts of a batch")
            .tags(tags)
            .register(registry);
    Counter failures =
        Counter.builder(PREFIX + "failures")
            .description("Batches that failed")
            .tags(tags)
            .register(registry);
    AtomicInteger queued = registry.gauge(PREFIX + "queued", tags, new AtomicInteger());
    return batch -> {
      computed.record(batch.computed());
      waited.record(batch.waited());
      size.record(batch.size());
      queued.set(batch.queued());
      if (batch.failure() != null) {
        failures.increment();
      }
    };
  }
}
