package io.github.maskalign.spring;

import io.github.maskalign.vit.embed.BatchListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of the batches of a model, tagged with its kind. */
final class BatchMeters {

  private static final String PREFIX = "maskalign.batch.";

  private final MeterRegistry registry;

  /** One a kind, since a registry keeps the first holder of a gauge, and only weakly. */
  private final Map<String, AtomicInteger> queued = new ConcurrentHashMap<>();

  BatchMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A listener for the batches of a kind of model. */
  BatchListener listener(String kind) {
    Tags tags = Tags.of("model", kind);
    Timer computed = timer("compute", "How long the network took for a batch", tags);
    Timer waited = timer("wait", "How long the first request of a batch waited", tags);
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
    AtomicInteger waiting =
        queued.computeIfAbsent(
            kind, _ -> registry.gauge(PREFIX + "queued", tags, new AtomicInteger()));
    return batch -> {
      computed.record(batch.computed());
      waited.record(batch.waited());
      size.record(batch.size());
      waiting.set(batch.queued());
      if (batch.failure() != null) {
        failures.increment();
      }
    };
  }

  private Timer timer(String name, String description, Tags tags) {
    return Timer.builder(PREFIX + name).description(description).tags(tags).register(registry);
  }
}
