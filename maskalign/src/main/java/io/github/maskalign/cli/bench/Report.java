package io.github.maskalign.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.cli.bench.measure.BenchmarkRunner;
import io.github.maskalign.cli.bench.measure.Measurement;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * All results as JSON, in seconds, bytes, FLOP/s and bytes per second; null where unknown or not
 * applicable.
 *
 * @param bench the configuration
 * @param explanation of the backend
 * @param product the check of {@link Warnings#PRODUCT}
 * @param measurements in the order of the table
 */
record Report(
    BenchmarkRunner bench,
    String explanation,
    Measurement product,
    List<Measurement> measurements) {

  /** Warnings about the results. */
  List<String> warnings() {
    return Warnings.of(product, measurements);
  }

  /** Replaces a file. */
  void write(Path file) throws IOException {
    AtomicFile.write(file, JsonWriter.bytes(json()));
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("machine", machine());
    json.put("backend", explanation);
    json.put("threads", bench.options().threads());
    json.put("seconds", bench.sampler().seconds());
    json.set("product", result(product));
    json.put("least_share_of_peak", Warnings.MIN_SHARE);
    ArrayNode warnings = json.putArray("warnings");
    warnings().forEach(warnings::add);
    ArrayNode results = json.putArray("results");
    measurements.forEach(measurement -> results.add(result(measurement)));
    return json;
  }

  private static ObjectNode machine() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("java", Runtime.version().toString())
        .put("os", System.getProperty("os.name"))
        .put("arch", System.getProperty("os.arch"))
        .put("processors", Runtime.getRuntime().availableProcessors());
  }

  private static ObjectNode result(Measurement measurement) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", measurement.benchmark().name());
    json.put("what", measurement.benchmark().what());
    json.put("calls", measurement.samples().calls());
    json.put("samples", measurement.samples().sorted().length);
    number(json, "median_seconds", measurement.samples().median());
    number(json, "best_seconds", measurement.samples().best());
    measurement
        .settled()
        .ifPresentOrElse(
            settled ->
                json.put("settled_calls", settled.calls())
                    .put("settled_seconds", settled.seconds()),
            () -> json.putNull("settled_calls").putNull("settled_seconds"));
    number(json, "cpu_seconds", measurement.cpuSeconds());
    number(json, "flops", measurement.flops());
    number(json, "peak_flops", measurement.peakFlops());
    number(json, "share_of_peak", measurement.shareOfPeak());
    number(json, "bytes_per_second", measurement.bandwidth());
    number(json, "images_per_second", measurement.imagesPerSecond());
    number(json, "launches", measurement.launches());
    number(json, "heap_bytes", measurement.heapBytes());
    number(json, "pool_bytes", measurement.poolBytes());
    number(json, "pool_growth_bytes", measurement.poolGrowth());
    number(json, "resident_bytes", measurement.residentBytes());
    return json;
  }

  private static void number(ObjectNode json, String key, double value) {
    if (Double.isNaN(value)) {
      json.putNull(key);
    } else {
      json.put(key, value);
    }
  }
}
