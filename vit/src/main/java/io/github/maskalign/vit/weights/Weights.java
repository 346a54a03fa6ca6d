package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeDType;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Loads and saves parameters.
 *
 * @since 0.1.0
 */
public final class Weights {

  private static final int ALIGNMENT = 64;

  private Weights() {}

  /**
   * Loads a file or folder that {@link WeightFiles} can open. 16-bit and double values are
   * converted.
   *
   * @throws FormatException if the file is damaged or does not fit the options; parameters are
   *     unchanged then
   */
  public static LoadReport load(Path file, Parameters parameters, LoadOptions options) {
    try (WeightFile open = WeightFiles.open(file)) {
      return load(open, parameters, options);
    }
  }

  /**
   * Loads named tensors.
   *
   * @throws FormatException if they do not fit the options; parameters are unchanged then
   */
  public static LoadReport load(WeightSource source, Parameters parameters, LoadOptions options) {
    LoadPlan plan = LoadPlan.of(source, parameters, options);
    plan.run(source, parameters.scope());
    return plan.report();
  }

  /**
   * Saves all parameters as a safetensors file, in their element type, with the metadata of their
   * networks.
   */
  public static void save(Path file, Parameters parameters, Map<String, String> metadata) {
    save(file, parameters, name -> true, metadata);
  }

  /** Saves the parameters whose names the filter accepts. */
  public static void save(
      Path file, Parameters parameters, Predicate<String> filter, Map<String, String> metadata) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    parameters.notes().forEach(writer::metadata);
    metadata.forEach(writer::metadata);
    try (Arena arena = Arena.ofConfined()) {
      for (Parameter parameter : parameters.all()) {
        if (filter.test(parameter.name())) {
          Tensor value = parameter.value();
          long bytes = value.size() * value.dtype().bytes();
          MemorySegment segment = arena.allocate(bytes, ALIGNMENT);
          parameters.scope().backend().download(value, segment);
          writer.add(parameter.name(), SafeDType.of(value.dtype()), value.shape(), segment);
        }
      }
      writer.write(file);
    }
  }
}
